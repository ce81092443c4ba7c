package pie.cli.monitor;

import tools.jackson.databind.JsonNode;

/**
 * Hold what is known of the program in front.
 *
 * @param process its object of the interface, missing before the first answer
 * @param why the server's sentence on why it waits, empty if there is none
 * @param transcript what it said
 */
record Detail(String id, JsonNode process, String why, Transcript transcript) {}
