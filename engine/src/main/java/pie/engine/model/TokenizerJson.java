package pie.engine.model;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Write tokenizer descriptions in the format of the Hugging Face tokenizers library. */
final class TokenizerJson {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final JsonGenerator json;

    private TokenizerJson(JsonGenerator json) {
        this.json = json;
    }

    /** Hold a token whose spelling is found before any other cut. */
    record Added(int id, String content, boolean special) {}

    /** Hold two pieces that become one; a piece may contain spaces. */
    record Merge(String left, String right) {
        /** Return the merges that are written with a space between the pieces. */
        static List<Merge> of(String... texts) {
            return Arrays.stream(texts)
                    .map(text -> {
                        int cut = text.indexOf(' ', 1);
                        return cut < 0
                                ? new Merge(text, "")
                                : new Merge(text.substring(0, cut), text.substring(cut + 1));
                    })
                    .toList();
        }
    }

    static String byteLevel(String[] tokens, List<Merge> merges, PreTokenizer family, List<Added> added) {
        return write(writer -> {
            writer.added(added);
            writer.normalizer(family);
            writer.preTokenizer(family);
            writer.json.writeName("decoder");
            writer.byteLevel(true);
            writer.bpe(tokens, merges, null, family.ignoreMerges());
        });
    }

    static String sentencePiece(
            String[] tokens, List<Merge> merges, String unknown, boolean prefix, List<Added> added) {
        return write(writer -> {
            writer.added(added);
            writer.json.writeName("normalizer");
            writer.sequence("normalizers", () -> {
                if (prefix) {
                    writer.json.writeStartObject();
                    writer.json.writeStringProperty("type", "Prepend");
                    writer.json.writeStringProperty("prepend", "\u2581");
                    writer.json.writeEndObject();
                }
                writer.replace(" ", "\u2581");
            });
            writer.json.writeNullProperty("pre_tokenizer");
            writer.json.writeNullProperty("decoder");
            writer.bpe(tokens, merges, unknown, false);
        });
    }

    private interface Body {
        void write(TokenizerJson writer);
    }

    private static String write(Body body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 21);
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            json.writeStringProperty("version", "1.0");
            json.writeNullProperty("truncation");
            json.writeNullProperty("padding");
            json.writeNullProperty("post_processor");
            body.write(new TokenizerJson(json));
            json.writeEndObject();
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private void added(List<Added> tokens) {
        json.writeName("added_tokens");
        json.writeStartArray();
        for (Added token : tokens) {
            json.writeStartObject();
            json.writeNumberProperty("id", token.id);
            json.writeStringProperty("content", token.content);
            for (String flag : new String[] {"single_word", "lstrip", "rstrip", "normalized"}) {
                json.writeBooleanProperty(flag, false);
            }
            json.writeBooleanProperty("special", token.special);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void normalizer(PreTokenizer family) {
        if (!family.composes()) {
            json.writeNullProperty("normalizer");
            return;
        }
        json.writeName("normalizer");
        json.writeStartObject();
        json.writeStringProperty("type", "NFC");
        json.writeEndObject();
    }

    private void preTokenizer(PreTokenizer family) {
        json.writeName("pre_tokenizer");
        switch (family) {
            case GPT2 -> byteLevel(true);
            case SINGLE_DIGITS ->
                sequence("pretokenizers", () -> {
                    json.writeStartObject();
                    json.writeStringProperty("type", "Digits");
                    json.writeBooleanProperty("individual_digits", true);
                    json.writeEndObject();
                    byteLevel(true);
                });
            case LLAMA3, QWEN2 ->
                sequence("pretokenizers", () -> {
                    json.writeStartObject();
                    json.writeStringProperty("type", "Split");
                    json.writeName("pattern");
                    json.writeStartObject();
                    json.writeStringProperty("Regex", family.pattern());
                    json.writeEndObject();
                    json.writeStringProperty("behavior", "Isolated");
                    json.writeBooleanProperty("invert", false);
                    json.writeEndObject();
                    byteLevel(false);
                });
        }
    }

    private void byteLevel(boolean useRegex) {
        json.writeStartObject();
        json.writeStringProperty("type", "ByteLevel");
        json.writeBooleanProperty("add_prefix_space", false);
        json.writeBooleanProperty("trim_offsets", true);
        json.writeBooleanProperty("use_regex", useRegex);
        json.writeEndObject();
    }

    private void replace(String from, String to) {
        json.writeStartObject();
        json.writeStringProperty("type", "Replace");
        json.writeName("pattern");
        json.writeStartObject();
        json.writeStringProperty("String", from);
        json.writeEndObject();
        json.writeStringProperty("content", to);
        json.writeEndObject();
    }

    private void sequence(String name, Runnable members) {
        json.writeStartObject();
        json.writeStringProperty("type", "Sequence");
        json.writeName(name);
        json.writeStartArray();
        members.run();
        json.writeEndArray();
        json.writeEndObject();
    }

    private void bpe(String[] tokens, List<Merge> merges, @Nullable String unknown, boolean ignoreMerges) {
        json.writeName("model");
        json.writeStartObject();
        json.writeStringProperty("type", "BPE");
        json.writeNullProperty("dropout");
        if (unknown == null) {
            json.writeNullProperty("unk_token");
        } else {
            json.writeStringProperty("unk_token", unknown);
        }
        json.writeNullProperty("continuing_subword_prefix");
        json.writeNullProperty("end_of_word_suffix");
        json.writeBooleanProperty("fuse_unk", unknown != null);
        json.writeBooleanProperty("byte_fallback", unknown != null);
        json.writeBooleanProperty("ignore_merges", ignoreMerges);
        json.writeName("vocab");
        json.writeStartObject();
        for (int id = 0; id < tokens.length; id++) {
            json.writeNumberProperty(tokens[id], id);
        }
        json.writeEndObject();
        json.writeName("merges");
        json.writeStartArray();
        for (Merge merge : merges) {
            json.writeStartArray();
            json.writeString(merge.left);
            json.writeString(merge.right);
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
