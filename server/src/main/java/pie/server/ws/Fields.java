package pie.server.ws;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Read the fields of one client message. Absent and nil are the same; what is missing or of the wrong type is named. */
record Fields(String type, Map<String, @Nullable Object> map) {
    /** Refuse a message; the text is the answer. */
    static final class Refused extends RuntimeException {
        Refused(String text) {
            super(text, null, false, false);
        }

        String text() {
            return String.valueOf(getMessage());
        }
    }

    private Refused invalid(String field) {
        return new Refused("Invalid field '" + field + "' in '" + type + "'");
    }

    private Refused missing(String field) {
        return new Refused("Missing field '" + field + "' in '" + type + "'");
    }

    OptionalLong corrId() {
        return map.get("corr_id") instanceof Number n && integral(n)
                ? OptionalLong.of(n.longValue())
                : OptionalLong.empty();
    }

    private static boolean integral(Number n) {
        return n instanceof Long || n.doubleValue() == Math.rint(n.doubleValue());
    }

    String text(String field) {
        return optionalText(field).orElseThrow(() -> missing(field));
    }

    Optional<String> optionalText(String field) {
        return switch (map.get(field)) {
            case null -> Optional.empty();
            case String s -> Optional.of(s);
            case byte[] bytes -> Optional.of(new String(bytes, java.nio.charset.StandardCharsets.UTF_8));
            default -> throw invalid(field);
        };
    }

    int count(String field, int most) {
        long value = optionalLong(field).orElseThrow(() -> missing(field));
        if (value < 0 || value > most) {
            throw invalid(field);
        }
        return (int) value;
    }

    OptionalLong optionalLong(String field) {
        return switch (map.get(field)) {
            case null -> OptionalLong.empty();
            case Number n when integral(n) -> OptionalLong.of(n.longValue());
            default -> throw invalid(field);
        };
    }

    boolean flag(String field, boolean absent) {
        return switch (map.get(field)) {
            case null -> absent;
            case Boolean b -> b;
            default -> throw invalid(field);
        };
    }

    byte[] bytes(String field) {
        return switch (map.get(field)) {
            case null -> throw missing(field);
            case byte[] bytes -> bytes;
            case List<?> list -> bytes(field, list);
            default -> throw invalid(field);
        };
    }

    private byte[] bytes(String field, List<?> list) {
        byte[] bytes = new byte[list.size()];
        for (int i = 0; i < bytes.length; i++) {
            if (!(list.get(i) instanceof Number n) || n.longValue() < 0 || n.longValue() > 255) {
                throw invalid(field);
            }
            bytes[i] = (byte) n.longValue();
        }
        return bytes;
    }

    List<String> texts(String field) {
        if (!(map.get(field) instanceof List<?> list)) {
            throw map.get(field) == null ? missing(field) : invalid(field);
        }
        var all = new ArrayList<String>();
        for (Object each : list) {
            if (!(each instanceof String s)) {
                throw invalid(field);
            }
            all.add(s);
        }
        return all;
    }

    /** Read a list of numbers or nils; empty where the field is absent. */
    Optional<List<OptionalLong>> optionalLongs(String field) {
        return switch (map.get(field)) {
            case null -> Optional.empty();
            case List<?> list -> {
                var all = new ArrayList<OptionalLong>();
                for (Object each : list) {
                    all.add(
                            switch (each) {
                                case null -> OptionalLong.empty();
                                case Number n when integral(n) -> OptionalLong.of(n.longValue());
                                default -> throw invalid(field);
                            });
                }
                yield Optional.of(all);
            }
            default -> throw invalid(field);
        };
    }
}
