package pie.engine.jinja;

/** Read the escapes of Python's string literals; one that Python does not know stays as it is. */
final class Escapes {
    private Escapes() {}

    static String decode(String literal) {
        if (literal.indexOf('\\') < 0) {
            return literal;
        }
        var text = new StringBuilder();
        int i = 0;
        while (i < literal.length()) {
            char c = literal.charAt(i++);
            if (c != '\\' || i == literal.length()) {
                text.append(c);
                continue;
            }
            char code = literal.charAt(i++);
            int digits = switch (code) {
                case 'x' -> 2;
                case 'u' -> 4;
                case 'U' -> 8;
                default -> 0;
            };
            if (digits > 0 && i + digits <= literal.length()) {
                text.appendCodePoint(codePoint(literal.substring(i, i + digits)));
                i += digits;
            } else {
                text.append(simple(code));
            }
        }
        return text.toString();
    }

    private static int codePoint(String digits) {
        try {
            int value = Integer.parseUnsignedInt(digits, 16);
            if (Character.isValidCodePoint(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below, as for a number that is no character
        }
        throw new JinjaException("the escape of " + digits + " in a string is no character");
    }

    private static String simple(char code) {
        return switch (code) {
            case '\n' -> "";
            case '\\', '\'', '"' -> String.valueOf(code);
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'r' -> "\r";
            case 'a' -> "\u0007";
            case 'b' -> "\b";
            case 'f' -> "\f";
            case 'v' -> "\u000b";
            case '0' -> "\0";
            default -> "\\" + code;
        };
    }
}
