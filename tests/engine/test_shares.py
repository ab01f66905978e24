"""Shares are drawn from the lead's id and the agreement's name alone: a replay draws the same."""

from einig.engine.shares import Purpose, drawn

LEADS = [f"lead {n}" for n in range(20_000)]


def draw(share: float, *, agreement: str = "Inbound", purpose: Purpose = "explore") -> set[str]:
    """Return the leads that are drawn for a share."""
    return {
        lead for lead in LEADS if drawn(lead, agreement=agreement, purpose=purpose, share=share)
    }


def test_the_draw_never_changes() -> None:
    # SHA-256 of "explore", "Inbound DACH" and "4711" gives 0.6345…
    assert not drawn("4711", agreement="Inbound DACH", purpose="explore", share=0.6345)
    assert drawn("4711", agreement="Inbound DACH", purpose="explore", share=0.6346)


def test_a_share_of_nothing_draws_nobody_and_of_everything_everybody() -> None:
    assert draw(0.0) == set()
    assert draw(1.0) == set(LEADS)


def test_a_larger_share_contains_the_smaller_one() -> None:
    assert draw(0.02) < draw(0.05)


def test_about_as_many_are_drawn_as_agreed() -> None:
    assert abs(len(draw(0.02)) / len(LEADS) - 0.02) < 0.004  # four standard deviations


def test_another_agreement_and_another_purpose_draw_others() -> None:
    assert draw(0.1) != draw(0.1, agreement="Outbound")
    assert draw(0.1) != draw(0.1, purpose="verify")
