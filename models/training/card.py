"""Sentences of a model's card that depend on what the network has seen."""

from sources import Source


def trained_on(source: Source) -> str:
    """What `dataset` in model.json says."""
    if source.synthetic:
        return f"Synthetic operations, generator {source.version()}, {source.describe('training')}"
    return f"{source.name} {source.version()}, {source.describe('training')}"


def purpose(source: Source, drawn: str) -> str:
    """What the network is for. `drawn`: why it is not for care where it has seen drawings only."""
    if source.synthetic:
        return f"**For** trying the platform. **Never for care**{drawn}"
    return f"**For** research, as far as those allow it who gave the data: {source.name}. **Never for care**: nobody has approved it as a medical device."


def limits(source: Source, drawn: str) -> str:
    if source.synthetic:
        return drawn
    return f"Measured on operations of {source.name} that it was not trained on, which share hospitals, cameras and surgeons with those that it was: expect less elsewhere, and measure it there first."
