package io.keyward.engine.builtin.geo;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyward.engine.builtin.Bench;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** GEOADD, GEOSEARCH and the other commands for places. */
class GeoCommandsTest {
  private static final double EARTH_RADIUS = 6372797.560856;

  private final Bench bench = new Bench();

  @AfterEach
  void structuresAreSound() {
    bench.validate();
  }

  private void addSicily() {
    assertThat(bench.line("geoadd s 13.361389 38.115556 Palermo 15.087269 37.502669 Catania"))
        .isEqualTo("2");
  }

  /** The values are those that Redis replies. */
  @Test
  void placesAreKeptAsScores() {
    addSicily();
    assertThat(bench.line("zscore s Palermo")).isEqualTo("\"3479099956230698\"");
    assertThat(bench.line("geopos s Palermo none"))
        .isEqualTo("[[\"13.36138933897018433\" \"38.11555639549629859\"] nil]");
    assertThat(bench.line("geohash s Palermo Catania none"))
        .isEqualTo("[\"sqc8b49rny0\" \"sqdtr74hyu0\" nil]");
    assertThat(bench.line("geodist s Palermo Catania")).isEqualTo("\"166274.1516\"");
    assertThat(bench.line("geodist s Palermo Catania KM")).isEqualTo("\"166.2742\"");
    assertThat(bench.line("geodist s Palermo Catania mi")).isEqualTo("\"103.3182\"");
    assertThat(bench.line("geodist s Palermo Palermo")).isEqualTo("\"0.0000\"");
    assertThat(bench.line("geodist s Palermo none")).isEqualTo("nil");
    assertThat(bench.line("geodist none a b")).isEqualTo("nil");
    assertThat(bench.line("geopos none a")).isEqualTo("[nil]");
    assertThat(bench.line("geohash s")).isEqualTo("[]");
  }

  @Test
  void geoAddTakesTheOptionsOfZadd() {
    addSicily();
    assertThat(bench.line("geoadd s xx 1 1 x")).isEqualTo("0");
    assertThat(bench.line("geoadd s nx ch 1 1 Palermo")).isEqualTo("0");
    assertThat(bench.line("geoadd s ch 1 1 Palermo 2 2 y")).isEqualTo("2");
    assertThat(bench.line("zcard s")).isEqualTo("3");
    assertThat(bench.line("geoadd s xx nx 1 1 x")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("geoadd s 1 1 x 2")).isEqualTo("!ERR syntax error");
    assertThat(bench.line("geoadd s 200 100 x"))
        .isEqualTo("!ERR invalid longitude,latitude pair 200.000000,100.000000");
    assertThat(bench.line("geoadd s -0.0000005 18446744073709551615 x"))
        .isEqualTo("!ERR invalid longitude,latitude pair -0.000000,18446744073709551616.000000");
    assertThat(bench.line("geoadd s a 100 x")).isEqualTo("!ERR value is not a valid float");
    bench.line("set k v");
    assertThat(bench.line("geoadd k 1 1 x")).startsWith("!WRONGTYPE");
  }

  @Test
  void searchesReturnWhatIsAskedFor() {
    addSicily();
    bench.line("geoadd s 12.758489 38.788135 edge1 17.241510 38.788135 edge2");
    String around = "geosearch s fromlonlat 15 37 ";
    assertThat(bench.line(around + "byradius 200 km asc")).isEqualTo("[\"Catania\" \"Palermo\"]");
    assertThat(bench.line(around + "bybox 400 400 km desc withdist"))
        .isEqualTo(
            "[[\"edge1\" \"279.7405\"] [\"edge2\" \"279.7403\"] [\"Palermo\" \"190.4424\"]"
                + " [\"Catania\" \"56.4413\"]]");
    assertThat(bench.line(around + "byradius 200 km count 1 withcoord withhash withdist"))
        .isEqualTo(
            "[[\"Catania\" \"56.4413\" 3479447370796909 [\"15.08726745843887329\""
                + " \"37.50266842333162032\"]]]");
    assertThat(bench.line("geosearch s frommember Palermo byradius 200 km asc"))
        .isEqualTo("[\"Palermo\" \"edge1\" \"Catania\"]");
    assertThat(bench.line("georadius s 15 37 200 km desc")).isEqualTo("[\"Palermo\" \"Catania\"]");
    assertThat(bench.line("georadiusbymember_ro s Catania 10 m")).isEqualTo("[\"Catania\"]");
    assertThat(bench.line("geosearch none frommember x byradius 1 m")).isEqualTo("[]");
    bench.session().client().reply().resp3(true);
    assertThat(bench.line("geopos s Palermo"))
        .isEqualTo("[[13.36138933897018433 38.11555639549629859]]");
  }

  @Test
  void resultsAreStored() {
    addSicily();
    assertThat(bench.line("geosearchstore d s fromlonlat 15 37 byradius 200 km")).isEqualTo("2");
    assertThat(bench.line("zscore d Palermo")).isEqualTo("\"3479099956230698\"");
    assertThat(bench.line("georadius s 15 37 200 km store x storedist d count 1")).isEqualTo("1");
    assertThat(bench.line("exists x")).isEqualTo("0");
    assertThat(bench.line("zrange d 0 -1 withscores")).startsWith("[\"Catania\" \"56.44125");
    assertThat(bench.line("command getkeys georadius s 15 37 200 km store x storedist d"))
        .isEqualTo("[\"s\" \"d\"]");
    assertThat(bench.line("command getkeys georadiusbymember s store 200 km store x"))
        .isEqualTo("[\"s\" \"x\"]");
    assertThat(bench.line("georadius none 15 37 200 km store d")).isEqualTo("0");
    assertThat(bench.line("exists d")).isEqualTo("0");
  }

  @Test
  void errorsAreInRedisWords() {
    addSicily();
    String[][] cases = {
      {"geodist s a b leagues", "unsupported unit provided. please use M, KM, FT, MI"},
      {"geodist s a b m x", "syntax error"},
      {"georadius s 1 1 x m", "need numeric radius"},
      {"georadius s 1 1 -1 m", "radius cannot be negative"},
      {"georadius s 1 1 1 m count 0", "COUNT must be > 0"},
      {"georadius s 1 1 1 m any", "the ANY argument requires COUNT argument"},
      {"georadius_ro s 1 1 1 m store d", "syntax error"},
      {"georadiusbymember s none 1 m", "could not decode requested zset member"},
      {
        "georadius s 1 1 1 m withdist store d",
        "STORE option in GEORADIUS is not compatible with WITHDIST, WITHHASH and WITHCOORD"
            + " options"
      },
      {
        "geosearchstore d s frommember Palermo byradius 1 m withhash",
        "GEOSEARCHSTORE is not compatible with WITHDIST, WITHHASH and WITHCOORD options"
      },
      {
        "geosearch s byradius 1 m asc asc asc",
        "exactly one of FROMMEMBER or FROMLONLAT can be specified for geosearch"
      },
      {
        "GEOSEARCH s fromlonlat 1 1 asc asc asc",
        "exactly one of BYRADIUS and BYBOX can be specified for GEOSEARCH"
      },
      {"geosearch s fromlonlat 1 1 frommember Palermo byradius 1 m", "syntax error"},
      {"geosearch s fromlonlat 1 1 byradius 1 m bybox 1 1 m", "syntax error"},
      {"geosearch s fromlonlat 1 1 bybox x 1 m", "need numeric width"},
      {"geosearch s fromlonlat 1 1 bybox 1 x m", "need numeric height"},
      {"geosearch s fromlonlat 1 1 bybox 1 -1 m", "height or width cannot be negative"},
      {"geosearch s fromlonlat 1 1 byradius 1 m storedist", "syntax error"},
    };
    for (String[] each : cases) {
      assertThat(bench.line(each[0])).isEqualTo("!ERR " + each[1]);
    }
    bench.line("set k v");
    assertThat(bench.line("geosearch k fromlonlat 1 1 byradius 1 m")).startsWith("!WRONGTYPE");
  }

  private static double haversine(double lon, double lat, double otherLon, double otherLat) {
    double u = Math.sin(Math.toRadians(otherLat - lat) / 2);
    double v = Math.sin(Math.toRadians(otherLon - lon) / 2);
    double a = u * u + Math.cos(Math.toRadians(lat)) * Math.cos(Math.toRadians(otherLat)) * v * v;
    return 2 * EARTH_RADIUS * Math.asin(Math.sqrt(a));
  }

  private Set<String> members(String reply) {
    return reply.equals("[]")
        ? Set.of()
        : Arrays.stream(reply.substring(1, reply.length() - 1).split(" "))
            .map(name -> name.replace("\"", ""))
            .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void findsWhatLookingAtEachMemberFinds() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("GeoCommandsTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      bench.line("del g");
      int members = random.nextInt(1, 400);
      double spread = Math.pow(10, random.nextDouble(-3, 0.7));
      double centreLon = random.nextDouble(-140, 140);
      double centreLat = random.nextDouble(-60, 60);
      double[][] places = new double[members][];
      for (int i = 0; i < members; i++) {
        double lon = Math.clamp(centreLon + random.nextGaussian() * spread, -179, 179);
        double lat = Math.clamp(centreLat + random.nextGaussian() * spread, -84, 84);
        bench.line("geoadd g " + lon + " " + lat + " m" + i);
        String[] kept = bench.line("geopos g m" + i).replaceAll("[\\[\\]\"]", "").split(" ", -1);
        places[i] = new double[] {Double.parseDouble(kept[0]), Double.parseDouble(kept[1])};
      }
      double radius = spread * 111_000 * random.nextDouble(0.01, 2);
      double width = spread * 111_000 * random.nextDouble(0.01, 2);
      double height = spread * 111_000 * random.nextDouble(0.01, 2);
      Set<String> inCircle = new TreeSet<>();
      Set<String> inBox = new TreeSet<>();
      for (int i = 0; i < members; i++) {
        double lon = places[i][0];
        double lat = places[i][1];
        if (haversine(centreLon, centreLat, lon, lat) <= radius) {
          inCircle.add("m" + i);
        }
        if (haversine(lon, lat, centreLon, lat) <= width / 2
            && EARTH_RADIUS * Math.toRadians(Math.abs(lat - centreLat)) <= height / 2) {
          inBox.add("m" + i);
        }
      }
      String from = "geosearch g fromlonlat " + centreLon + " " + centreLat;
      assertThat(members(bench.line(from + " byradius " + radius + " m"))).isEqualTo(inCircle);
      assertThat(members(bench.line(from + " bybox " + width + " " + height + " m")))
          .isEqualTo(inBox);
      String any = bench.line(from + " byradius " + radius + " m count 3 any");
      assertThat(members(any)).hasSize(Math.min(3, inCircle.size()));
      assertThat(inCircle).containsAll(members(any));
    }
  }
}
