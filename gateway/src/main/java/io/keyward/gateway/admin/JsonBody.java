package io.keyward.gateway.admin;

import com.fasterxml.jackson.core.JsonParser;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.jackson.JacksonCodec;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/** Reads the JSON object in a request's body, of a bounded size, and checks its fields. */
final class JsonBody {
  private static final int MOST_BYTES = 64 * 1024;

  private JsonBody() {}

  /**
   * Reads a body.
   *
   * @param taken is given an object with no other fields than those, each of its kind
   * @param refused is told the reason and the status otherwise
   */
  static void read(
      HttpServerRequest request,
      List<Route.Field> fields,
      Consumer<JsonObject> taken,
      ObjIntConsumer<String> refused) {
    Buffer body = Buffer.buffer();
    boolean[] tooLarge = new boolean[1];
    request.handler(
        piece -> {
          if (body.length() + piece.length() <= MOST_BYTES) {
            body.appendBuffer(piece);
          } else if (!tooLarge[0]) {
            tooLarge[0] = true;
            refused.accept("the body has more than " + MOST_BYTES + " bytes", 413);
          }
        });
    request.endHandler(
        end -> {
          if (!tooLarge[0]) {
            finish(body, fields, taken, refused);
          }
        });
  }

  private static void finish(
      Buffer body,
      List<Route.Field> fields,
      Consumer<JsonObject> taken,
      ObjIntConsumer<String> refused) {
    JsonObject object;
    try {
      object = body.length() == 0 ? new JsonObject() : object(body);
    } catch (DecodeException | IOException malformed) {
      refused.accept("the body is no JSON object", 400);
      return;
    }
    String wrong = wrong(object, fields);
    if (wrong == null) {
      taken.accept(object);
    } else {
      refused.accept(wrong, 400);
    }
  }

  /** Reads an object in which no field is there twice: one who checks might see the other one. */
  private static JsonObject object(Buffer body) throws IOException {
    try (JsonParser parser = JacksonCodec.createParser(body)) {
      parser.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
      if (JacksonCodec.fromParser(parser, Object.class) instanceof JsonObject object) {
        return object;
      }
      throw new DecodeException("no object");
    }
  }

  private static @Nullable String wrong(JsonObject object, List<Route.Field> fields) {
    for (String name : object.fieldNames()) {
      if (fields.stream().noneMatch(field -> field.name().equals(name))) {
        return "there is no field of this name: " + name;
      }
    }
    for (Route.Field field : fields) {
      if (!object.containsKey(field.name())) {
        if (field.required()) {
          return "the field " + field.name() + " is missing";
        }
      } else if (!fits(object.getValue(field.name()), field.kind())) {
        return "the field " + field.name() + " is not of the type " + field.kind();
      }
    }
    return null;
  }

  private static boolean fits(@Nullable Object value, Route.Kind kind) {
    return switch (kind) {
      case STRING -> value instanceof String;
      case INTEGER -> value instanceof Integer || value instanceof Long;
      case NUMBER -> value instanceof Number;
      case BOOLEAN -> value instanceof Boolean;
    };
  }
}
