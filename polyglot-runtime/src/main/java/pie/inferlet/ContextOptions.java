package pie.inferlet;

import java.util.Map;

/** Choose how a context begins. Fluent. */
public final class ContextOptions {
    private Map<String, Object> template = Map.of();
    private boolean prefixCache = true;

    public static ContextOptions of() {
        return new ContextOptions();
    }

    /** Set variables of the chat template, e.g. {@code enable_thinking} false. */
    public ContextOptions template(Map<String, Object> variables) {
        template = Map.copyOf(variables);
        return this;
    }

    /** Look computed pages up before computing; on unless set. */
    public ContextOptions prefixCache(boolean on) {
        prefixCache = on;
        return this;
    }

    Map<String, Object> template() {
        return template;
    }

    boolean prefixCache() {
        return prefixCache;
    }
}
