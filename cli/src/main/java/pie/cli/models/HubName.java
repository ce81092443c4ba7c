package pie.cli.models;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Hold a repository of a Hugging Face hub, {@code OWNER/NAME[@REV]}. */
record HubName(String repo, String revision) {
    private static final String PART = "[A-Za-z0-9_][A-Za-z0-9._-]{0,95}";
    private static final Pattern NAME =
            Pattern.compile("(" + PART + "/" + PART + ")(?:@([A-Za-z0-9][A-Za-z0-9._-]*))?");

    static Optional<HubName> parse(String text) {
        Matcher matcher = NAME.matcher(text);
        if (!matcher.matches() || text.endsWith(".gguf")) {
            return Optional.empty();
        }
        return Optional.of(new HubName(matcher.group(1), matcher.group(2) == null ? "main" : matcher.group(2)));
    }
}
