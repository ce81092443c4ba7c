package pie.engine.kv;

/** Identify a context within its engine. */
public record ContextId(long value) {}
