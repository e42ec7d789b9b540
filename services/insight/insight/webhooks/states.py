"""A delivery's row as a state of its ladder, and back."""

from insight.models import Delivery
from insight.webhooks.ladder import DeliveryStatus, Dispatched, Failed, Pending, Succeeded

State = Pending | Dispatched | Succeeded | Failed


def state_of(delivery: Delivery) -> State:
    """The state that a delivery is in."""
    ended_at = delivery.ended_at or delivery.due_at
    match delivery.status:
        case DeliveryStatus.PENDING:
            return Pending(delivery.attempts, delivery.due_at)
        case DeliveryStatus.DISPATCHED:
            return Dispatched(delivery.attempts, delivery.due_at)
        case DeliveryStatus.SUCCEEDED:
            return Succeeded(delivery.attempts, ended_at)
        case DeliveryStatus.FAILED:
            return Failed(delivery.attempts, ended_at, delivery.answer)


def enter(delivery: Delivery, state: State) -> None:
    """Put a delivery into a state."""
    delivery.attempts = state.attempts
    delivery.ended_at = None
    match state:
        case Pending():
            delivery.status, delivery.due_at = DeliveryStatus.PENDING, state.due_at
        case Dispatched():
            delivery.status, delivery.due_at = DeliveryStatus.DISPATCHED, state.lease_until
        case Succeeded():
            delivery.status, delivery.ended_at = DeliveryStatus.SUCCEEDED, state.ended_at
        case Failed():
            delivery.status, delivery.ended_at = DeliveryStatus.FAILED, state.ended_at
            delivery.answer = state.reason
