package pie.runtime.bridge;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import pie.engine.PieException;

/** Name the types of plain values as a language does, in errors over arguments. */
public record Kinds(String text, String flag, String whole, String real, String bytes, String list, String map) {
    private static final Pattern GOT = Pattern.compile(
            ", got (TruffleString|String|Boolean|Byte|Short|Integer|Long|BigInteger|Float|Double|HeapByteBuffer)$");

    /** Return a failure with what was given, at its end, in the words of the language where those of its runtime stand. */
    PieException named(PieException failure) {
        Matcher got = GOT.matcher(failure.message());
        if (!Boolean.TRUE.equals(failure.details().get("wrong_type")) || !got.find()) {
            return failure;
        }
        String word = switch (got.group(1)) {
            case "String", "TruffleString" -> text;
            case "Boolean" -> flag;
            case "Float", "Double" -> real;
            case "HeapByteBuffer" -> bytes;
            default -> whole;
        };
        return new PieException(
                failure.code(),
                failure.message().substring(0, got.start()) + ", got " + word,
                Map.copyOf(failure.details()),
                failure);
    }
}
