import pie.inferlet.*;

record Input(int n) {}

Input main(Input input) {
    Session.send("up");
    return input;
}
