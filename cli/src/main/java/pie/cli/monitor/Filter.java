package pie.cli.monitor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import pie.cli.monitor.Snapshot.Program;

/** Choose programs by words that must all fit: {@code state: owner: program: lang:} and what stands anywhere. */
record Filter(String text) implements Predicate<Program> {
    static final Filter NONE = new Filter("");

    boolean isEmpty() {
        return text.isBlank();
    }

    @Override
    public boolean test(Program p) {
        List<String> words =
                new ArrayList<>(List.of(text.toLowerCase(Locale.ROOT).strip().split("\\s+")));
        return words.stream().allMatch(word -> fits(p, word));
    }

    private static boolean fits(Program p, String word) {
        int colon = word.indexOf(':');
        String key = colon < 0 ? "" : word.substring(0, colon);
        String value = word.substring(colon + 1);
        return switch (key) {
            case "state" -> has(p.state(), value) || has(p.waitsFor(), value);
            case "owner" -> has(p.owner(), value);
            case "program" -> has(p.program(), value);
            case "lang" -> has(p.language(), value);
            default -> has(p.id() + " " + p.owner() + " " + p.program() + " " + p.language() + " " + p.place(), word);
        };
    }

    private static boolean has(String text, String part) {
        return text.toLowerCase(Locale.ROOT).contains(part);
    }
}
