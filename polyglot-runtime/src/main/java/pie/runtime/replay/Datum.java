package pie.runtime.replay;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Hold the answer of one host call, independent of language and run. */
public sealed interface Datum {
    record Absent() implements Datum {}

    record Flag(boolean value) implements Datum {}

    record Whole(long value) implements Datum {}

    record Real(double value) implements Datum {}

    record Text(String value) implements Datum {}

    record Ints(int[] values) implements Datum {}

    record Floats(float[] values) implements Datum {}

    record Bytes(byte[] values) implements Datum {}

    record Logits(float[] values) implements Datum {}

    record Items(List<Datum> items) implements Datum {}

    /** Hold JSON-like data, with the keys of the language. */
    record Plain(String json) implements Datum {}

    /** Stand for an object of the host, by the order in which they first appeared. */
    record Handle(int number) implements Datum {}

    /** Hold a failure that the program saw. */
    record Failure(String code, String message, String details) implements Datum {}

    /** Write a tag byte and the value; lengths and integers as {@link #number}s. */
    static void write(Datum datum, DataOutputStream out) throws IOException {
        switch (datum) {
            case Absent a -> out.writeByte(0);
            case Flag f -> out.writeByte(f.value ? 2 : 1);
            case Whole w -> {
                out.writeByte(3);
                number(w.value, out);
            }
            case Real r -> {
                out.writeByte(4);
                out.writeDouble(r.value);
            }
            case Text t -> {
                out.writeByte(5);
                text(t.value, out);
            }
            case Ints i -> {
                out.writeByte(6);
                number(i.values.length, out);
                for (int value : i.values) {
                    number(value, out);
                }
            }
            case Floats f -> {
                out.writeByte(7);
                floats(f.values, out);
            }
            case Bytes b -> {
                out.writeByte(8);
                number(b.values.length, out);
                out.write(b.values);
            }
            case Logits l -> {
                out.writeByte(9);
                floats(l.values, out);
            }
            case Items l -> {
                out.writeByte(10);
                number(l.items.size(), out);
                for (Datum item : l.items) {
                    write(item, out);
                }
            }
            case Plain p -> {
                out.writeByte(11);
                text(p.json, out);
            }
            case Handle h -> {
                out.writeByte(12);
                number(h.number, out);
            }
            case Failure f -> {
                out.writeByte(13);
                text(f.code, out);
                text(f.message, out);
                text(f.details, out);
            }
        }
    }

    static Datum read(DataInputStream in) throws IOException {
        int tag = in.readUnsignedByte();
        return switch (tag) {
            case 0 -> new Absent();
            case 1, 2 -> new Flag(tag == 2);
            case 3 -> new Whole(number(in));
            case 4 -> new Real(in.readDouble());
            case 5 -> new Text(text(in));
            case 6 -> {
                int[] values = new int[length(in)];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (int) number(in);
                }
                yield new Ints(values);
            }
            case 7 -> new Floats(floats(in));
            case 8 -> new Bytes(in.readNBytes(length(in)));
            case 9 -> new Logits(floats(in));
            case 10 -> {
                int n = length(in);
                var items = new ArrayList<Datum>();
                for (int i = 0; i < n; i++) {
                    items.add(read(in));
                }
                yield new Items(List.copyOf(items));
            }
            case 11 -> new Plain(text(in));
            case 12 -> new Handle((int) number(in));
            case 13 -> new Failure(text(in), text(in), text(in));
            default -> throw new IOException("no answer has the tag " + tag);
        };
    }

    /** Write a signed integer in groups of seven bits, small ones in few bytes. */
    static void number(long value, DataOutputStream out) throws IOException {
        long rest = value << 1 ^ value >> 63;
        while ((rest & ~0x7fL) != 0) {
            out.writeByte((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    static long number(DataInputStream in) throws IOException {
        long bits = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int b = in.readUnsignedByte();
            bits |= (long) (b & 0x7f) << shift;
            if (b < 0x80) {
                return bits >>> 1 ^ -(bits & 1);
            }
        }
        throw new IOException("an integer has more than 64 bits");
    }

    private static int length(DataInputStream in) throws IOException {
        long n = number(in);
        if (n < 0 || n > in.available()) {
            throw new IOException("a length of " + n + " does not fit");
        }
        return (int) n;
    }

    static void text(String text, DataOutputStream out) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        number(bytes.length, out);
        out.write(bytes);
    }

    static String text(DataInputStream in) throws IOException {
        return new String(in.readNBytes(length(in)), StandardCharsets.UTF_8);
    }

    private static void floats(float[] values, DataOutputStream out) throws IOException {
        number(values.length, out);
        for (float value : values) {
            out.writeFloat(value);
        }
    }

    private static float[] floats(DataInputStream in) throws IOException {
        float[] values = new float[length(in)];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.readFloat();
        }
        return values;
    }
}
