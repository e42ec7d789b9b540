"""Bursts of shares, from the entities and copies of stored enrichments."""

from __future__ import annotations

from sqlalchemy import text

from enrichment.coordination.bursts import Burst, ObjectKind, Question
from kit.db import Repository

_MOST_BURSTS, _MOST_POSTS = 1000, 20
# Gaps and islands: a share begins a burst when the one before it, of the same object, is longer ago than the window.
# Reposts are left out: to repeat what one has just seen is what the button is for.
_BURSTS = text(
    """
    WITH studied AS MATERIALIZED (
        SELECT post_id, author_id, published_at, copy_of, entities,
            row_number() OVER (ORDER BY published_at, post_id) AS place, count(*) OVER () AS posts_in_all
        FROM enrichments
        WHERE workspace_id = :workspace AND study_ids @> ARRAY[CAST(:study_id AS uuid)] AND NOT is_repost
            AND (CAST(:since AS timestamptz) IS NULL OR published_at >= :since)
            AND (CAST(:until AS timestamptz) IS NULL OR published_at < :until)
    ), marked AS MATERIALIZED (
        SELECT DISTINCT post_id, entity->>'kind' AS kind, entity->>'name' AS name
        FROM studied, jsonb_array_elements(entities) AS entity WHERE entity->>'kind' IN ('link', 'hashtag')
    ), shared AS (
        SELECT post_id, kind, name AS object FROM marked WHERE kind = 'link'
        UNION ALL
        SELECT post_id, 'hashtags', string_agg(name, ' ' ORDER BY name) FROM marked WHERE kind = 'hashtag'
        GROUP BY post_id HAVING count(*) > 1
        UNION ALL
        SELECT post_id, 'copy', CAST(copy_of AS text) FROM studied WHERE copy_of IS NOT NULL
    ), stepped AS (
        SELECT kind, object, post_id, author_id, published_at, place, posts_in_all,
            count(*) OVER (PARTITION BY kind, object) AS shares,
            published_at - lag(published_at) OVER shares_of_object <= make_interval(secs => :seconds) AS is_near
        FROM shared JOIN studied USING (post_id)
        WINDOW shares_of_object AS (PARTITION BY kind, object ORDER BY place)
    ), numbered AS (
        SELECT *, count(*) FILTER (WHERE is_near IS NOT TRUE) OVER (PARTITION BY kind, object ORDER BY place) AS burst
        FROM stepped
    )
    SELECT kind, object, count(DISTINCT author_id) AS authors, count(*) AS posts, min(published_at) AS first_at,
        max(published_at) AS last_at, min(shares) AS shares, max(place) - min(place) + 1 AS posts_meanwhile,
        min(posts_in_all) AS posts_in_all,
        (array_agg(post_id ORDER BY place))[1:CAST(:most_posts AS integer)] AS post_ids
    FROM numbered GROUP BY kind, object, burst HAVING count(DISTINCT author_id) >= :authors
    ORDER BY authors DESC, first_at, object LIMIT :most_bursts
    """
)


class CoordinationRepository(Repository):
    """Shares in one workspace."""

    async def list_bursts(self, question: Question) -> list[Burst]:
        """The bursts with most authors first, at most a thousand."""
        limits = {"most_bursts": _MOST_BURSTS, "most_posts": _MOST_POSTS}
        found = await self.session.execute(_BURSTS, {"workspace": self.workspace, **vars(question), **limits})
        return [
            Burst(**{**row, "kind": ObjectKind(row["kind"]), "post_ids": tuple(row["post_ids"])})
            for row in found.mappings()
        ]
