package pie.runtime.python;

import java.util.Set;
import pie.runtime.GuestLanguage;
import pie.runtime.GuestLanguageProvider;
import pie.runtime.Language;
import pie.runtime.RuntimeConfig;

/** Offer Python. */
public final class PythonProvider implements GuestLanguageProvider {
    @Override
    public Set<Language> languages() {
        return Set.of(Language.PYTHON);
    }

    @Override
    public GuestLanguage<?> create(RuntimeConfig config) {
        return new PythonLanguage(config.once());
    }
}
