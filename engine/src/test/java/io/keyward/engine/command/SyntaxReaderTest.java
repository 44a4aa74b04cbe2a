package io.keyward.engine.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The notation in which the arguments of a command are declared. */
class SyntaxReaderTest {
  /** Token, type, flags ? (optional) + (multiple) * (with its token), members. */
  private static String shape(List<Argument> arguments) {
    return arguments.stream().map(SyntaxReaderTest::shape).collect(Collectors.joining(" "));
  }

  private static String shape(Argument argument) {
    return (argument.token().isEmpty() ? "" : argument.token() + ":")
        + argument.type().wireName()
        + (argument.members().isEmpty() ? "" : "{" + shape(argument.members()) + "}")
        + (argument.multiple() ? argument.repeatsToken() ? "*" : "+" : "")
        + (argument.optional() ? "?" : "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "key value; key string",
        "key value [key value ...]; block{key string}+",
        "[section [section ...]]; string+?",
        "key [NX | XX] [GET]; key oneof{NX:pure-token XX:pure-token}? GET:pure-token?",
        "[EX seconds | KEEPTTL]; oneof{EX:integer KEEPTTL:pure-token}?",
        "[WEIGHTS weight [weight ...]]; WEIGHTS:double+?",
        "[GET pattern [GET pattern ...]]; GET:pattern*?",
        "[LIMIT offset count]; LIMIT:block{integer integer}?",
        "[COUNT count [ANY]]; COUNT:block{integer ANY:pure-token?}?",
        "GROUP g c [NOACK] STREAMS key [key ...] id [id ...];"
            + " GROUP:block{string string} NOACK:pure-token? STREAMS:block{key+ string+}",
        "<host port | NO ONE>;"
            + " oneof{block{string integer} block{NO:pure-token ONE:pure-token}}",
        "[<MAXLEN | MINID> [= | ~] threshold];"
            + " block{oneof{MAXLEN:pure-token MINID:pure-token}"
            + " oneof{=:pure-token ~:pure-token}? string}?",
        "<* | id>; oneof{*:pure-token string}",
        "[AGGREGATE <SUM | MIN>]; AGGREGATE:oneof{SUM:pure-token MIN:pure-token}?",
        "ip:port increment:double; string double",
      })
  void readsTheNotation(String syntax, String shape) {
    assertThat(shape(SyntaxReader.read(syntax))).isEqualTo(shape);
  }

  @Test
  void namesAreThoseOfTheText() {
    Argument increment = SyntaxReader.read("increment:double").getFirst();
    assertThat(increment.name()).isEqualTo("increment");
    assertThat(increment.type()).isEqualTo(ArgumentType.DOUBLE);
    assertThat(SyntaxReader.read("key value [key value ...]").getFirst().name())
        .isEqualTo("key-value");
    assertThat(SyntaxReader.untyped("key min:string max:string [LADDR ip:port]"))
        .isEqualTo("key min max [LADDR ip:port]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[key", "key]", "<a | b", "a [b ...]", "[a | ]", "[]", "a ..."})
  void refusesWhatIsNotInTheNotation(String syntax) {
    assertThatThrownBy(() -> SyntaxReader.read(syntax))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(syntax);
  }
}
