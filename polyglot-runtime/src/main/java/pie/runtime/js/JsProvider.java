package pie.runtime.js;

import java.util.Set;
import pie.runtime.GuestLanguage;
import pie.runtime.GuestLanguageProvider;
import pie.runtime.Language;
import pie.runtime.RuntimeConfig;

/** Offer JavaScript and TypeScript. */
public final class JsProvider implements GuestLanguageProvider {
    @Override
    public Set<Language> languages() {
        return Set.of(Language.JAVASCRIPT, Language.TYPESCRIPT);
    }

    @Override
    public GuestLanguage<?> create(RuntimeConfig config) {
        return new JsLanguage(config.once());
    }
}
