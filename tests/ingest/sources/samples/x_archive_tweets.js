window.YTD.tweets.part0 = [
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1975101"
          ],
          "editableUntil": "2026-10-05T08:41:08.000Z",
          "editsRemaining": "5",
          "isEditEligible": true
        }
      },
      "retweeted": false,
      "source": "<a href=\"https://mobile.x.com\" rel=\"nofollow\">X Web App</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [],
        "urls": []
      },
      "display_text_range": [
        "0",
        "40"
      ],
      "favorite_count": "7",
      "id_str": "1975101",
      "truncated": false,
      "retweet_count": "2",
      "id": "1975101",
      "created_at": "Mon Oct 05 07:41:08 +0000 2026",
      "favorited": false,
      "full_text": "Waiting &lt;again&gt; for the 7:42",
      "lang": "en",
      "extended_entities": {
        "media": [
          {
            "type": "photo"
          }
        ]
      }
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1975102"
          ],
          "editableUntil": "2026-10-05T08:41:08.000Z",
          "editsRemaining": "5",
          "isEditEligible": true
        }
      },
      "retweeted": false,
      "source": "<a href=\"https://mobile.x.com\" rel=\"nofollow\">X Web App</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [],
        "urls": []
      },
      "display_text_range": [
        "0",
        "40"
      ],
      "favorite_count": "7",
      "id_str": "1975102",
      "truncated": false,
      "retweet_count": "2",
      "id": "1975102",
      "created_at": "Mon Oct 05 07:41:08 +0000 2026",
      "favorited": false,
      "full_text": "@solane when?",
      "lang": "en",
      "in_reply_to_status_id_str": "1975100",
      "in_reply_to_user_id_str": "9"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1975103"
          ],
          "editableUntil": "2026-10-05T08:41:08.000Z",
          "editsRemaining": "5",
          "isEditEligible": true
        }
      },
      "retweeted": false,
      "source": "<a href=\"https://mobile.x.com\" rel=\"nofollow\">X Web App</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [],
        "urls": []
      },
      "display_text_range": [
        "0",
        "40"
      ],
      "favorite_count": "7",
      "id_str": "1975103",
      "truncated": false,
      "retweet_count": "2",
      "id": "1975103",
      "created_at": "Mon Oct 05 07:41:08 +0000 2026",
      "favorited": false,
      "full_text": "RT @solane: All trains run",
      "lang": "en"
    }
  }
]