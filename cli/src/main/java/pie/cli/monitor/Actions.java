package pie.cli.monitor;

/** Do what keys ask for beyond the screen. Returns at once; what came of it is a notice later. */
interface Actions {
    /** End a program: ask it to, or stop it by force. */
    void end(String id, boolean force);
}
