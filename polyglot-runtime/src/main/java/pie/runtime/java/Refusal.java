package pie.runtime.java;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Say what a program may not do, and what to do instead.
 *
 * @param line 0 where it is not known
 * @param member class or member, as written in Java
 * @param hint "" for none
 */
record Refusal(String file, int line, String member, String problem, String hint) {
    private static final int SHOWN = 5;

    /** Return PERMISSION_DENIED for these, at least one. */
    static PieException denied(List<Refusal> refusals) {
        Refusal first = refusals.getFirst();
        var details = new LinkedHashMap<String, Object>();
        details.put("file", first.file);
        details.put("line", first.line);
        details.put("member", first.member);
        if (!first.hint.isEmpty()) {
            details.put("hint", first.hint);
        }
        details.put(
                "problems",
                refusals.stream()
                        .map(r -> Map.of("path", r.file + ":" + r.line, "problem", r.problem, "hint", r.hint))
                        .toList());
        String more = refusals.size() > SHOWN ? "\n… and " + (refusals.size() - SHOWN) + " more" : "";
        return new PieException(
                ErrorCode.PERMISSION_DENIED,
                refusals.stream().limit(SHOWN).map(Refusal::text).collect(Collectors.joining("\n")) + more,
                details);
    }

    private String text() {
        return file + (line > 0 ? ":" + line : "") + ": " + problem + (hint.isEmpty() ? "" : "; " + hint);
    }
}
