// Typed input and output: an order comes in as JSON, its total goes out, and who worked it out.
// Records are filled by the names of their components; a wrong type is refused with its path.
import pie.inferlet.*;

record Line(String item, int count, double price) {}

record Input(Optional<String> customer, List<Line> lines, boolean express) {}

record Receipt(
        String customer,
        int items,
        double total,
        boolean express,
        String version,
        String process,
        String program,
        String user) {}

Receipt main(Input order) {
    var lines = order.lines() == null || order.lines().isEmpty() ? List.of(new Line("tea", 2, 3.5)) : order.lines();
    double total = order.express() ? 5 : 0;
    int items = 0;
    for (Line line : lines) {
        total += line.count() * line.price();
        items += line.count();
    }
    return new Receipt(
            order.customer().orElse("nobody"),
            items,
            Math.round(total * 100) / 100.0,
            order.express(),
            PieRuntime.version(),
            PieRuntime.instanceId(),
            PieRuntime.program(),
            PieRuntime.username());
}
