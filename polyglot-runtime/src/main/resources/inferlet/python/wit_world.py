"""Raw bindings of Pie's component interface, which are not here."""

raise ImportError(
    "wit_world: programs run without the component interface of Pie; import what the module inferlet has instead, such as Context,"
    " session and messaging",
    name=__name__,
)
