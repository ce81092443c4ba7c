package pie.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import tools.jackson.databind.json.JsonMapper;

/** Describe this machine. */
@Command(name = "env", description = "Print the environment that result files carry.%n")
final class EnvRun implements Callable<Integer> {
    @Override
    public Integer call() {
        System.out.println(JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(Environment.json()));
        return 0;
    }
}
