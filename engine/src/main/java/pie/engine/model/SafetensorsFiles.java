package pie.engine.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** Give access to a Hugging Face checkpoint: a directory with {@code config.json} and one or more safetensors files. */
final class SafetensorsFiles extends MappedModel {
    static final String CONFIG = "config.json";

    private static final String GENERATION = "generation_config.json";
    private static final String TOKENIZER = "tokenizer.json";
    private static final String SETTINGS = "tokenizer_config.json";
    private static final String TEMPLATE = "chat_template.jinja";
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final List<String> SPECIALS = List.of("bos_token", "eos_token", "unk_token", "pad_token");

    private record Shard(String name, MemorySegment bytes, long dataOffset) {}

    private final HfVocabulary vocabulary;
    private final JsonFile settings;
    private final List<Shard> shards;

    private SafetensorsFiles(
            Path directory,
            Arena arena,
            ModelConfig config,
            Map<String, Tensor> tensors,
            HfVocabulary vocabulary,
            JsonFile settings,
            List<Shard> shards) {
        super(directory, arena, config, tensors);
        this.vocabulary = vocabulary;
        this.settings = settings;
        this.shards = shards;
    }

    static SafetensorsFiles open(Path directory) {
        Arena arena = Arena.ofShared();
        try {
            JsonFile settings = JsonFile.readIfThere(directory.resolve(SETTINGS));
            HfVocabulary vocabulary = new HfVocabulary(JsonFile.read(directory.resolve(TOKENIZER)), settings);
            JsonFile json = JsonFile.read(directory.resolve(CONFIG));
            Family family = HfConfig.family(json);
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            List<Shard> shards = new ArrayList<>();
            for (String name : shardNames(directory)) {
                Path file = directory.resolve(name);
                MemorySegment bytes = MappedFile.map(file, arena);
                shards.add(new Shard(name, bytes, SafetensorsReader.read(file, bytes, family, tensors)));
            }
            ModelConfig config = HfConfig.of(
                    json,
                    JsonFile.readIfThere(directory.resolve(GENERATION)),
                    vocabulary,
                    tensors.containsKey("output.weight"));
            if (config.tiedEmbeddings()) {
                tensors.remove("output.weight");
            }
            family.split(config, tensors);
            TensorCheck.check(directory, config, tensors);
            return new SafetensorsFiles(directory, arena, config, tensors, vocabulary, settings, shards);
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
    }

    private static Iterable<String> shardNames(Path directory) {
        Path index = directory.resolve(INDEX);
        if (!Files.isRegularFile(index)) {
            return List.of(SINGLE);
        }
        JsonFile json = JsonFile.read(index);
        JsonNode map = json.find("weight_map").orElseThrow(() -> json.broken("weight_map", "is missing"));
        TreeSet<String> names = new TreeSet<>();
        for (JsonNode name : map) {
            String file = name.asString("");
            if (!file.matches("[A-Za-z0-9][A-Za-z0-9._-]*\\.safetensors")) {
                throw json.broken("weight_map", "names \"" + file + "\", which is no file of this directory");
            }
            names.add(file);
        }
        return names;
    }

    @Override
    HfTokenizer makeTokenizer() {
        return vocabulary.tokenizer(config().vocab());
    }

    @Override
    Optional<ChatTemplate> makeChatTemplate() {
        Map<String, Integer> tokens = new HashMap<>();
        for (String name : SPECIALS) {
            settings.find(name)
                    .map(token -> token.isString()
                            ? token.asString()
                            : token.path("content").asString(""))
                    .ifPresent(spelling -> tokens.put(name, vocabulary.idOf(spelling)));
        }
        return ChatTemplates.of(templateFile().or(this::templateSetting), this::tokenizer, tokens);
    }

    private Optional<String> templateFile() {
        Path file = path().resolve(TEMPLATE);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(file));
        } catch (IOException e) {
            throw ModelErrors.unreadable(file, e);
        }
    }

    private Optional<String> templateSetting() {
        Optional<JsonNode> template = settings.find("chat_template");
        if (template.isPresent() && template.get().isArray()) {
            for (JsonNode named : template.get()) {
                if (named.path("name").asString("").equals("default")) {
                    return Optional.of(named.path("template").asString(""));
                }
            }
            return Optional.empty();
        }
        return settings.text("chat_template");
    }

    @Override
    String makeFingerprint() {
        Fingerprint fingerprint = new Fingerprint();
        for (String name : List.of(CONFIG, TOKENIZER, SETTINGS, GENERATION, TEMPLATE)) {
            Path file = path().resolve(name);
            if (Files.isRegularFile(file)) {
                try (Arena reading = Arena.ofConfined()) {
                    fingerprint.add(name, MappedFile.map(file, reading));
                }
            }
        }
        shards.forEach(shard -> fingerprint.add(shard.name, shard.bytes, shard.dataOffset));
        return fingerprint.hex();
    }
}
