"""Tensor programs of Pie 0.5, which are not run here."""

raise ImportError(
    "inferlet.eta: tensor programs of Pie 0.5 are not supported; write the pass with inferlet.Context: ctx.forward() for one pass,"
    " ctx.generate() for a loop, samplers, probes and masks for what the epilogue computes",
    name=__name__,
)
