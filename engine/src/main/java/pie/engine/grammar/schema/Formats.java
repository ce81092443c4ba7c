package pie.engine.grammar.schema;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import pie.engine.grammar.automaton.Budget;
import pie.engine.grammar.automaton.Dfa;
import pie.engine.grammar.automaton.Languages;
import pie.engine.grammar.regex.Regex;

/**
 * Know the formats that are enforced. Each pattern is a part of what its RFC allows that all validators agree on: no leap seconds, no
 * year 0, no quoted mailboxes, host names of at most four labels without {@code --}, addresses of IPv6 without IPv4 in them. Formats that
 * are not listed are not enforced.
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
    private static final String LABEL = "(?:[A-Za-z0-9]{1,20}-){0,2}[A-Za-z0-9]{1,20}";
    private static final String LAST_LABEL = "[0-9]{0,8}[A-Za-z][A-Za-z0-9]{0,19}(?:-[A-Za-z0-9]{1,20})?";
    private static final String HOST = "(?:" + LABEL + "\\.){0,3}" + LAST_LABEL;
    private static final String MAILBOX_PART = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,15}";
    private static final String EMAIL =
            MAILBOX_PART + "(?:\\." + MAILBOX_PART + "){0,3}@(?:" + LABEL + "\\.){1,3}[A-Za-z]{2,15}";
    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final String IPV4 = "(?:" + OCTET + "\\.){3}" + OCTET;
    private static final String HEX = "[0-9a-fA-F]";
    private static final String PATH_CHARACTER = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%" + HEX + "{2})";
    private static final String AUTHORITY =
            "//(?:" + HOST + "|" + IPV4 + ")(?::[1-9][0-9]{0,3})?(?:/" + PATH_CHARACTER + "*)*";
    private static final String TAIL = "(?:\\?(?:" + PATH_CHARACTER + "|[/?])*)?(?:#(?:" + PATH_CHARACTER + "|[/?])*)?";
    private static final String URI = "[A-Za-z][A-Za-z0-9+.-]{0,31}:(?:" + AUTHORITY + "|" + PATH_CHARACTER + "+(?:/"
            + PATH_CHARACTER + "*)*)" + TAIL;
    private static final String URI_REFERENCE = URI + "|(?:" + AUTHORITY + "|/?(?:[A-Za-z0-9._~-]"
            + PATH_CHARACTER.replace(";=:", ";=") + "*(?:/" + PATH_CHARACTER + "*)*)?)" + TAIL;
    private static final String JSON_POINTER = "(?:/(?:[^/~]|~[01])*)*";
    private static final String SPAN = "[0-9]{1,9}";
    private static final String DAY_TIME =
            "(?:T(?:" + SPAN + "H(?:" + SPAN + "M(?:" + SPAN + "S)?)?|" + SPAN + "M(?:" + SPAN + "S)?|" + SPAN + "S))";

    private static final String DURATION = "P(?:" + SPAN + "W|" + DAY_TIME + "|(?:" + SPAN + "Y(?:" + SPAN + "M(?:"
            + SPAN + "D)?)?|" + SPAN + "M(?:" + SPAN + "D)?|" + SPAN + "D)" + DAY_TIME + "?)";

    private static final Map<String, String> PATTERNS = Map.ofEntries(
            Map.entry("date", DATE),
            Map.entry("time", TIME),
            Map.entry("date-time", DATE + "T" + TIME),
            Map.entry("email", EMAIL),
            Map.entry("hostname", HOST),
            Map.entry("ipv4", IPV4),
            Map.entry("ipv6", ipv6()),
            Map.entry("uuid", HEX + "{8}-" + HEX + "{4}-" + HEX + "{4}-" + HEX + "{4}-" + HEX + "{12}"),
            Map.entry("uri", URI),
            Map.entry("uri-reference", URI_REFERENCE),
            Map.entry("duration", DURATION),
            Map.entry("json-pointer", JSON_POINTER),
            Map.entry("relative-json-pointer", "(?:0|[1-9][0-9]*)(?:#|" + JSON_POINTER + ")"));

    private static final Map<String, Dfa> KNOWN = new ConcurrentHashMap<>();

    private Formats() {}

    /** Return the texts of a format, empty for one that is not enforced. Each automaton is made once. */
    static Optional<Dfa> find(String name) {
        return Optional.ofNullable(PATTERNS.get(name))
                .map(pattern -> KNOWN.computeIfAbsent(name, format -> {
                    Dfa texts = Regex.whole(pattern, Budget.UNLIMITED);
                    return format.startsWith("date")
                            ? Languages.difference(texts, Regex.whole("0000.*", Budget.UNLIMITED), Budget.UNLIMITED)
                            : texts;
                }));
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
