package pie.runtime;

import java.util.Set;

/** Make a {@link GuestLanguage}; found with {@link java.util.ServiceLoader}. Knowing the languages must cost nothing. */
public interface GuestLanguageProvider {
    Set<Language> languages();

    GuestLanguage<?> create(RuntimeConfig config);
}
