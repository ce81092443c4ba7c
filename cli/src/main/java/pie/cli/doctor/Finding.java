package pie.cli.doctor;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Say what one check found.
 *
 * @param area short name of what was looked at
 * @param text what was found
 * @param fix what to do about it, empty if nothing
 */
public record Finding(String area, Status status, String text, String fix) {
    /** Rank a finding; only {@code FAILED} makes {@code pie doctor} exit with 1. */
    public enum Status {
        OK,
        NOTE,
        FAILED
    }

    public static Finding ok(String area, String text) {
        return new Finding(area, Status.OK, text, "");
    }

    /** Something is not there and pie works without it. */
    public static Finding note(String area, String text, String fix) {
        return new Finding(area, Status.NOTE, text, fix);
    }

    public static Finding failed(String area, String text, String fix) {
        return new Finding(area, Status.FAILED, text, fix);
    }

    public Map<String, Object> json() {
        var json = new LinkedHashMap<String, Object>();
        json.put("area", area);
        json.put("ok", status != Status.FAILED);
        json.put("status", status.name().toLowerCase(java.util.Locale.ROOT));
        json.put("text", text);
        json.put("fix", fix.isEmpty() ? null : fix);
        return json;
    }
}
