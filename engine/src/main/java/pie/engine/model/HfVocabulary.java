package pie.engine.model;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Read what pie must know of a {@code tokenizer.json} itself: spellings, special tokens, and how tokens become bytes. */
final class HfVocabulary {
    private static final int MAX_TOKEN = 1 << 24;
    private static final String GPT2_PATTERN = PreTokenizer.GPT2.pattern();

    private record Added(int id, String content, boolean special) {}

    private final JsonFile json;
    private final JsonFile settings;
    private final List<Added> added = new ArrayList<>();

    /**
     * @param json {@code tokenizer.json}
     * @param settings {@code tokenizer_config.json}
     */
    HfVocabulary(JsonFile json, JsonFile settings) {
        this.json = json;
        this.settings = settings;
        for (JsonNode token : list(json.root().get("added_tokens"))) {
            int id = id(token.path("id"));
            added.add(new Added(
                    id,
                    token.path("content").asString(""),
                    token.path("special").asBoolean(false)));
        }
    }

    Collection<Integer> idsOf(Collection<String> spellings) {
        return added.stream()
                .filter(token -> token.special && spellings.contains(token.content))
                .map(Added::id)
                .toList();
    }

    /** Return the id of an added token, -1 if there is none of that spelling. */
    int idOf(String spelling) {
        return added.stream()
                .filter(token -> token.content.equals(spelling))
                .mapToInt(Added::id)
                .findFirst()
                .orElse(-1);
    }

    /** Say whether raw text is expected to start with the given token. */
    boolean opensWith(int bos) {
        if (settings.find("add_bos_token").isPresent()) {
            return settings.truth("add_bos_token", false);
        }
        return added.stream()
                .filter(token -> token.id == bos)
                .anyMatch(token -> opensWith(json.root().path("post_processor"), token.content));
    }

    private static boolean opensWith(JsonNode processor, String spelling) {
        for (JsonNode inner : list(processor.get("processors"))) {
            if (opensWith(inner, spelling)) {
                return true;
            }
        }
        return spelling.equals(
                processor.path("single").path(0).path("SpecialToken").path("id").asString(""));
    }

    /** @param size least number of ids; those without a token have no bytes */
    HfTokenizer tokenizer(int size) {
        byte[][] tokenBytes = tokenBytes(size);
        BitSet special = new BitSet(tokenBytes.length);
        added.stream().filter(Added::special).forEach(token -> special.set(token.id));
        return new HfTokenizer(json.file(), this::text, tokenBytes, special, splitRegex(), dropsFirstSpace());
    }

    private String text(boolean withSpecials) {
        if (withSpecials) {
            return json.root().toString();
        }
        ObjectNode copy = ((ObjectNode) json.root()).deepCopy();
        ArrayNode kept = copy.putArray("added_tokens");
        for (JsonNode token : list(json.root().get("added_tokens"))) {
            if (!token.path("special").asBoolean(false)) {
                kept.add(token);
            }
        }
        copy.putNull("post_processor");
        return copy.toString();
    }

    private byte[][] tokenBytes(int size) {
        Map<Integer, String> tokens = new HashMap<>();
        JsonNode vocabulary = json.root().path("model").path("vocab");
        if (vocabulary.isObject()) {
            vocabulary.properties().forEach(entry -> tokens.put(id(entry.getValue()), entry.getKey()));
        } else if (vocabulary.isArray()) {
            for (int id = 0; id < vocabulary.size(); id++) {
                tokens.put(id, vocabulary.get(id).path(0).asString(""));
            }
        } else {
            throw json.broken("model.vocab", "is missing");
        }
        int highest = Math.max(
                tokens.keySet().stream().mapToInt(Integer::intValue).max().orElse(-1),
                added.stream().mapToInt(Added::id).max().orElse(-1));
        byte[][] bytes = new byte[Math.max(size, highest + 1)][];
        Arrays.fill(bytes, new byte[0]);
        Function<String, byte[]> decoder = decoder();
        tokens.forEach((id, token) -> bytes[id] = decoder.apply(token));
        added.forEach(token -> bytes[token.id] = token.content.getBytes(StandardCharsets.UTF_8));
        return bytes;
    }

    private Function<String, byte[]> decoder() {
        if (has(json.root().path("decoder"), "ByteLevel")) {
            return ByteAlphabet::decode;
        }
        if (has(json.root().path("decoder"), "ByteFallback", "Metaspace")) {
            return SentencePieces::decode;
        }
        throw json.unsupported("decoder", "is neither byte-level nor SentencePiece-like");
    }

    private boolean dropsFirstSpace() {
        return !has(json.root().path("decoder"), "ByteLevel") && has(json.root().path("decoder"), "Strip", "Metaspace");
    }

    private String splitRegex() {
        List<JsonNode> steps = new ArrayList<>();
        flatten(json.root().path("pre_tokenizer"), steps);
        boolean digits = steps.stream().anyMatch(step -> type(step).equals("Digits"));
        for (JsonNode step : steps) {
            switch (type(step)) {
                case "Split" -> {
                    return step.path("pattern").path("Regex").asString("");
                }
                case "ByteLevel" -> {
                    if (step.path("use_regex").asBoolean(true)) {
                        return digits ? PreTokenizer.SINGLE_DIGITS.pattern() : GPT2_PATTERN;
                    }
                }
                default -> {}
            }
        }
        return "";
    }

    private static void flatten(JsonNode step, List<JsonNode> steps) {
        if (step.has("pretokenizers")) {
            step.get("pretokenizers").forEach(inner -> flatten(inner, steps));
        } else {
            steps.add(step);
        }
    }

    private static boolean has(JsonNode decoder, String... types) {
        if (List.of(types).contains(type(decoder))) {
            return true;
        }
        for (JsonNode inner : list(decoder.get("decoders"))) {
            if (has(inner, types)) {
                return true;
            }
        }
        return false;
    }

    private static String type(JsonNode node) {
        return node.path("type").asString("");
    }

    private static Iterable<JsonNode> list(@Nullable JsonNode node) {
        return node != null && node.isArray() ? node : List.of();
    }

    private int id(JsonNode node) {
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.asInt() < 0 || node.asInt() > MAX_TOKEN) {
            throw json.broken("vocab", "has a token with id " + node);
        }
        return node.asInt();
    }
}
