package pie.runtime.java;

import java.util.Set;
import pie.runtime.GuestLanguage;
import pie.runtime.GuestLanguageProvider;
import pie.runtime.Language;
import pie.runtime.RuntimeConfig;

/** Offer Java as a guest language. */
public final class JavaProvider implements GuestLanguageProvider {
    @Override
    public Set<Language> languages() {
        return Set.of(Language.JAVA);
    }

    @Override
    public GuestLanguage<?> create(RuntimeConfig config) {
        return new JavaLanguage(config.guestMemory());
    }
}
