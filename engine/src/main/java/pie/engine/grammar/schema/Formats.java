package pie.engine.grammar.schema;

import java.util.Map;
import java.util.Optional;
import pie.engine.grammar.automaton.Budget;
import pie.engine.grammar.automaton.Dfa;
import pie.engine.grammar.automaton.Languages;
import pie.engine.grammar.regex.Regex;

/**
 * Know the formats that are enforced. Each pattern is a part of what its RFC allows that all validators agree on: no leap seconds, no
 * year 0, no quoted mailboxes, host names of at most three labels without {@code --}, addresses of IPv6 without IPv4 in them.
 */
final class Formats {
    private static final String MONTHS =
            "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))";
    private static final String LEAP_YEAR =
            "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)";
    private static final String DATE = "(?:[0-9]{4}-" + MONTHS + "|" + LEAP_YEAR + "-02-29)";
    private static final String HOUR = "(?:[01][0-9]|2[0-3])";
    private static final String TIME =
            HOUR + ":[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?(?:Z|[+-](?:0[0-9]|1[0-7]):[0-5][0-9])";
    private static final String LABEL = "(?:[A-Za-z0-9]{1,15}-){0,3}[A-Za-z0-9]{1,15}";
    private static final String LAST_LABEL = "[A-Za-z][A-Za-z0-9]{1,14}";
    private static final String HOST = "(?:" + LABEL + "\\.){0,2}" + LAST_LABEL;
    private static final String MAILBOX =
            "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,32}(?:\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,31})?";
    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final String IPV4 = "(?:" + OCTET + "\\.){3}" + OCTET;
    private static final String HEX = "[0-9a-fA-F]";
    private static final String PATH_CHARACTER = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%" + HEX + "{2})";
    private static final String URI = "[A-Za-z][A-Za-z0-9+.-]{0,31}:"
            + "(?://" + HOST + "(?::[1-9][0-9]{0,3})?(?:/" + PATH_CHARACTER + "*)*|" + PATH_CHARACTER + "+(?:/"
            + PATH_CHARACTER + "*)*)"
            + "(?:\\?(?:" + PATH_CHARACTER + "|[/?])*)?(?:#(?:" + PATH_CHARACTER + "|[/?])*)?";

    private static final Map<String, String> PATTERNS = Map.of(
            "date", DATE,
            "time", TIME,
            "date-time", DATE + "T" + TIME,
            "email",
                    MAILBOX + "@" + LABEL + "\\." + "(?:" + LABEL
                            + "\\.)?(?:com|org|net|edu|gov|io|de|fr|uk|eu|info|int|mil)",
            "hostname", HOST,
            "ipv4", IPV4,
            "ipv6", ipv6(),
            "uuid", HEX + "{8}-" + HEX + "{4}-" + HEX + "{4}-" + HEX + "{4}-" + HEX + "{12}",
            "uri", URI);

    private Formats() {}

    /** Return the texts of a format, empty for one that is not enforced. */
    static Optional<Dfa> find(String name, Budget budget) {
        return Optional.ofNullable(PATTERNS.get(name)).map(pattern -> {
            Dfa texts = Regex.whole(pattern, budget);
            return name.startsWith("date") ? Languages.difference(texts, Regex.whole("0000.*", budget), budget) : texts;
        });
    }

    /** Eight groups, or fewer with {@code ::} for two or more of them. */
    private static String ipv6() {
        String group = HEX + "{1,4}";
        StringBuilder any = new StringBuilder("(?:" + group + ":){7}" + group + "|::");
        for (int before = 0; before <= 6; before++) {
            for (int after = 0; before + after <= 6; after++) {
                if (before + after > 0) {
                    String left = before == 0 ? "" : group + "(?::" + group + "){" + (before - 1) + "}";
                    String right = after == 0 ? "" : group + "(?::" + group + "){" + (after - 1) + "}";
                    any.append('|').append(left).append("::").append(right);
                }
            }
        }
        return any.toString();
    }
}
