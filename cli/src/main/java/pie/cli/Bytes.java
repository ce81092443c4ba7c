package pie.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Read byte counts: a number, alone or with {@code kB MB GB TB} (powers of ten) or {@code KiB MiB GiB TiB} (powers of two). */
public final class Bytes implements ITypeConverter<Long> {
    private static final Pattern SIZE = Pattern.compile("(\\d+(?:\\.\\d+)?) ?(?:([kmgt])(i)?b?|b)?");

    @Override
    public Long convert(String text) {
        Matcher m = SIZE.matcher(text.toLowerCase(Locale.ROOT));
        if (!m.matches()) {
            throw new TypeConversionException("'" + text + "' is no size such as 500MB or 16GiB");
        }
        int power = m.group(2) == null ? 0 : 1 + "kmgt".indexOf(m.group(2));
        BigDecimal unit = BigDecimal.valueOf(m.group(3) == null ? 1000 : 1024).pow(power);
        BigDecimal bytes = new BigDecimal(m.group(1)).multiply(unit).setScale(0, RoundingMode.HALF_UP);
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new TypeConversionException("'" + text + "' is more than can be counted");
        }
        return bytes.longValueExact();
    }
}
