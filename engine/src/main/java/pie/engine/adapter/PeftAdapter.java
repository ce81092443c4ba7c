package pie.engine.adapter;

import java.nio.file.Path;
import java.util.List;
import pie.engine.driver.LoraAdapter;
import pie.engine.model.ModelConfig;
import pie.engine.model.PeftFiles;

/** Turn directories in PEFT's form into adapters, and back. */
final class PeftAdapter {
    private PeftAdapter() {}

    static LoraAdapter read(String name, Path directory, ModelConfig model) {
        return new LoraAdapter(
                name,
                PeftFiles.read(directory, model).stream()
                        .map(PeftAdapter::target)
                        .toList());
    }

    private static LoraAdapter.Target target(PeftFiles.Pair pair) {
        return new LoraAdapter.Target(
                pair.tensor(), pair.rank(), pair.inputs(), pair.outputs(), pair.scale(), pair.a(), pair.b());
    }

    static void write(LoraAdapter adapter, Path directory) {
        List<PeftFiles.Pair> pairs = adapter.targets().stream()
                .map(t -> new PeftFiles.Pair(t.tensor(), t.rank(), t.inputs(), t.outputs(), t.scale(), t.a(), t.b()))
                .toList();
        PeftFiles.write(directory, pairs);
    }
}
