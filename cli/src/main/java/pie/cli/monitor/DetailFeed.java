package pie.cli.monitor;

import pie.cli.client.EventFeed;
import pie.cli.client.PieClient;
import pie.engine.PieException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** Follow one program while it is in front: its object every second, its output as it comes. */
final class DetailFeed implements AutoCloseable {
    private static final long PERIOD_MILLIS = 1000;

    private final PieClient client;
    private final String id;
    private volatile Detail last;
    private final Thread poll;
    private final Thread follow;

    DetailFeed(PieClient client, String id) {
        this.client = client;
        this.id = id;
        last = new Detail(id, MissingNode.getInstance(), "", new Transcript());
        poll = Thread.ofVirtual().name("pie-detail").start(this::poll);
        follow = Thread.ofVirtual().name("pie-output").start(this::follow);
    }

    Detail detail() {
        return last;
    }

    private void poll() {
        try {
            while (true) {
                last = ask(last);
                Thread.sleep(PERIOD_MILLIS);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private Detail ask(Detail before) throws InterruptedException {
        try {
            JsonNode process = client.get("/v1/processes/" + id);
            String why = client.get("/v1/processes/" + id + "/explain")
                    .path("summary")
                    .asString("");
            for (JsonNode hint : process.path("hints")) {
                why = hint.asString("") + "; " + why;
            }
            return new Detail(id, process, why, before.transcript());
        } catch (PieException e) {
            return new Detail(id, before.process(), e.message(), before.transcript());
        }
    }

    private void follow() {
        try {
            EventFeed.follow(client, id, 0, false, last.transcript());
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } catch (PieException e) {
            last.transcript().note(e.message());
        }
    }

    @Override
    public void close() {
        poll.interrupt();
        follow.interrupt();
    }
}
