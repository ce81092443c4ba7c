package pie.server.openai;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Shape an answer in the form of one of the routes. */
interface Shape {
    /** Return the chunks that come before any text of a choice. */
    List<ObjectNode> first(Choice choice);

    /** Return the chunks of what a choice gave. */
    List<ObjectNode> parts(Choice choice, Piece piece);

    /** Return the chunk that ends a choice. */
    ObjectNode last(Choice choice);

    /** Return a chunk without choices, for the usage. */
    ObjectNode empty();

    ObjectNode whole(List<Choice> choices);
}
