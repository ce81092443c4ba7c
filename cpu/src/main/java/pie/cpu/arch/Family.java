package pie.cpu.arch;

import java.util.List;
import java.util.Map;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Load the weights of one model family; a new family is one more class and its entry in {@link #ALL}. */
public interface Family {
    List<Family> ALL = List.of(new Llama(), new Qwen2());

    /** Return the family's name as GGUF spells it. */
    String name();

    Decoder load(WeightLoader weights);

    /** @throws PieException UNSUPPORTED */
    static Family of(String architecture) {
        for (Family f : ALL) {
            if (f.name().equals(architecture)) {
                return f;
            }
        }
        throw new PieException(
                ErrorCode.UNSUPPORTED,
                "the cpu driver does not run models of architecture " + architecture + "; it runs "
                        + String.join(", ", ALL.stream().map(Family::name).toList()),
                Map.of("architecture", architecture));
    }
}
