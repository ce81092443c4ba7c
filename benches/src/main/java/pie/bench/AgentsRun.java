package pie.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Run agents of several turns: as a program beside the model, and as client code that sends its whole history each turn. */
@Command(
        name = "agents",
        description = {
            "Run agents that generate, wait for a tool, read its output, and go on.%n",
            "On pie as a program and as client code, so that the gain of moving the program shows; elsewhere as client code.%n"
        },
        sortOptions = false)
final class AgentsRun implements Callable<Integer> {
    @Mixin
    private Agents agents = new Agents();

    @Mixin
    private Repeats repeats = new Repeats(3);

    @Mixin
    private Peers peers = new Peers();

    @Mixin
    private Report report = new Report();

    @Override
    public Integer call() throws IOException, InterruptedException {
        report.environment(Environment.json());
        Map<String, List<AtOnce<Integer>>> rounds;
        try (Targets opened = new Targets()) {
            List<Peer> all = peers.open(opened, agents.count(), agents.contextLength());
            rounds = agents.measure(agents.ways(all), repeats);
        }
        var seconds = new LinkedHashMap<String, Object>();
        Agents.seconds(rounds).forEach((name, spread) -> {
            report.line("%-14s task %s s", name, spread);
            seconds.put(name, spread.json());
        });
        boolean whole = agents.whole(rounds);
        if (!whole) {
            report.line("not comparable: some agents did not generate as many tokens as they were asked to");
        }
        report.put("mode", "agents");
        report.put("config", config());
        report.put("task_s", seconds);
        report.write();
        return whole ? 0 : 1;
    }

    private Map<String, @Nullable Object> config() {
        Map<String, @Nullable Object> json = agents.config();
        json.putAll(peers.config());
        json.put("repeats", repeats.count());
        json.put("seed", repeats.seed());
        return json;
    }
}
