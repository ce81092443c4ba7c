package pie.inferlet;

import java.util.stream.Collectors;
import pie.engine.Engine;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.model.LoadedModel;

/** Name a loaded model. Loads nothing. */
public final class Model {
    private final Host host;
    private final Engine engine;
    private final Tokenizer tokenizer;

    private Model(Host host, Engine engine) {
        this.host = host;
        this.engine = engine;
        this.tokenizer = new Tokenizer(engine);
    }

    /** Return a handle on a loaded model. @throws PieException NOT_FOUND */
    public static Model load(String name) {
        Host host = Host.current();
        for (Engine engine : host.engines()) {
            if (engine.model().name().equals(name)) {
                return new Model(host, engine);
            }
        }
        throw new PieException(
                ErrorCode.NOT_FOUND,
                "Model '" + name + "' not found; loaded: "
                        + host.engines().stream().map(e -> e.model().name()).collect(Collectors.joining(", ")),
                java.util.Map.of("kind", "model"));
    }

    /** Return a handle on the default model of this process. */
    public static Model first() {
        return load(PieRuntime.models().getFirst());
    }

    public String name() {
        return loaded().name();
    }

    public ModelInfo info() {
        return ModelInfo.of(engine);
    }

    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** Say whether the operator has left the system drafter on. */
    public boolean defaultSystemSpeculation() {
        return engine.speculates();
    }

    /** Make a speech builder. @throws PieException UNSUPPORTED, as no loaded model speaks */
    public Object speak(String text) {
        throw Unsupported.later("model.speak: model '" + name() + "' has no speech");
    }

    Host host() {
        return host;
    }

    Engine engine() {
        return engine;
    }

    /** Return the number of token ids. */
    int vocabulary() {
        return loaded().tokenizer().vocabSize();
    }

    LoadedModel loaded() {
        return engine.model();
    }

    @Override
    public String toString() {
        return "Model(" + name() + ")";
    }
}
