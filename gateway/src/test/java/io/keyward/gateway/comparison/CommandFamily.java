package io.keyward.gateway.comparison;

import java.util.ArrayList;
import java.util.List;

/** The commands on each type of data, as {@link CommandTemplate}s. */
enum CommandFamily {
  STRINGS(
      """
      GET {key}
      SET {key} {value} [(NX|XX)] [GET] [(PXAT {future}|EXAT 4102444800|KEEPTTL)]
      SET {key} {value}
      SET {key} {int}
      SETNX {key} {value}
      GETSET {key} {value}
      GETDEL {key}
      GETEX {key} [(PXAT {time}|EXAT {seconds}|PERSIST)]
      MGET {key} {key} {key}
      MSET {key} {value} [{key} {value}]*
      MSETNX {key} {value} [{key} {value}]*
      APPEND {key} {value}
      STRLEN {key}
      SETRANGE {key} {offset} {value}
      GETRANGE {key} {index} {index}
      SUBSTR {key} {index} {index}
      INCR {key}
      DECR {key}
      INCRBY {key} {int}
      DECRBY {key} {int}
      INCRBYFLOAT {key} {float}
      LCS {key} {key} [(LEN|IDX)] [WITHMATCHLEN] [MINMATCHLEN {small}]
      """),
  BITMAPS(
      """
      SET {key} {value}
      GET {key}
      SETBIT {key} {bit} (0|1|1|2)
      GETBIT {key} {bit}
      BITCOUNT {key} [{index} {index}]
      BITCOUNT {key} {index} {index} (BIT|BYTE)
      BITPOS {key} (0|1) [{index} [{index}]]
      BITPOS {key} (0|1|2) {index} {index} (BIT|BYTE)
      BITOP (AND|OR|XOR|NOT) {key} {key} [{key}]*
      BITOP NOT {key} {key}
      BITFIELD {key} [GET {type} {bitoffset}]* [SET {type} {bitoffset} {int}]
      BITFIELD {key} [OVERFLOW (WRAP|SAT|FAIL)] INCRBY {type} {bitoffset} {small} [GET {type} {bitoffset}]
      BITFIELD_RO {key} [GET {type} {bitoffset}]*
      SETRANGE {key} {offset} {value}
      APPEND {key} {value}
      """),
  HASHES(
      """
      HSET {key} {field} {value} [{field} {value}]*
      HSET {key} {field} {int}
      HMSET {key} {field} {value} [{field} {value}]*
      HSETNX {key} {field} {value}
      HGET {key} {field}
      HMGET {key} {field} {field} {field}
      HGETALL {key}
      HKEYS {key}
      HVALS {key}
      HLEN {key}
      HEXISTS {key} {field}
      HSTRLEN {key} {field}
      HDEL {key} {field} [{field}]*
      HINCRBY {key} {field} {int}
      HINCRBYFLOAT {key} {field} {float}
      HSCAN {key} 0 [MATCH {glob}] COUNT 1000
      HRANDFIELD {key} 1000 [WITHVALUES]
      HRANDFIELD {key} 0
      """),
  LISTS(
      """
      LPUSH {key} {value} [{value}]*
      RPUSH {key} {value} [{value}]*
      RPUSH {key} {member} {member} {member}
      LPUSHX {key} {value} [{value}]*
      RPUSHX {key} {value} [{value}]*
      LPOP {key} [{count}]
      RPOP {key} [{count}]
      LLEN {key}
      LINDEX {key} {index}
      LSET {key} {index} {value}
      LINSERT {key} (BEFORE|AFTER|x) {member} {value}
      LRANGE {key} {index} {index}
      LRANGE {key} 0 -1
      LTRIM {key} {index} {index}
      LREM {key} {count} {member}
      LPOS {key} {member} [RANK {index}] [COUNT {count}] [MAXLEN {count}]
      RPOPLPUSH {key} {key}
      LMOVE {key} {key} (LEFT|RIGHT) (LEFT|RIGHT|UP)
      LMPOP (1 {key}|2 {key} {key}) (LEFT|RIGHT) [COUNT {count}]
      """),
  SETS(
      """
      SADD {key} {member} [{member}]*
      SADD {key} {numeric} [{numeric}]*
      SREM {key} {member} [{numeric}]*
      SISMEMBER {key} {member}
      SMISMEMBER {key} {member} {numeric} {member}
      SCARD {key}
      SMEMBERS {key}
      SMOVE {key} {key} {member}
      SPOP {key} 1000
      SRANDMEMBER {key} 1000
      SINTER {key} [{key}]*
      SUNION {key} [{key}]*
      SDIFF {key} [{key}]*
      SINTERSTORE {key} {key} [{key}]*
      SUNIONSTORE {key} {key} [{key}]*
      SDIFFSTORE {key} {key} [{key}]*
      SINTERCARD (1 {key}|2 {key} {key}|{small} {key}) [LIMIT {count}]
      SSCAN {key} 0 [MATCH {glob}] COUNT 1000
      """),
  SORTED_SETS(
      """
      ZADD {key} [(NX|XX)] [(GT|LT)] [CH] {score} {member} [{score} {member}]*
      ZADD {key} {score} {member} {score} {member} {score} {member}
      ZADD {key} [(NX|XX|GT|LT)] INCR {score} {member}
      ZINCRBY {key} {score} {member}
      ZREM {key} {member} [{member}]*
      ZSCORE {key} {member}
      ZMSCORE {key} {member} {member}
      ZCARD {key}
      ZCOUNT {key} {bound} {bound}
      ZRANK {key} {member}
      ZREVRANK {key} {member}
      ZRANGE {key} {index} {index} [REV] [WITHSCORES]
      ZRANGE {key} {bound} {bound} BYSCORE [REV] [LIMIT {index} {index}] [WITHSCORES]
      ZREVRANGE {key} {index} {index} [WITHSCORES]
      ZRANGEBYSCORE {key} {bound} {bound} [WITHSCORES] [LIMIT {index} {index}]
      ZREVRANGEBYSCORE {key} {bound} {bound} [WITHSCORES] [LIMIT {index} {index}]
      ZRANGESTORE {key} {key} {index} {index} [REV]
      ZRANGESTORE {key} {key} {bound} {bound} BYSCORE [LIMIT {index} {index}]
      ZREMRANGEBYRANK {key} {index} {index}
      ZREMRANGEBYSCORE {key} {bound} {bound}
      ZPOPMIN {key} [{count}]
      ZPOPMAX {key} [{count}]
      ZMPOP (1 {key}|2 {key} {key}) (MIN|MAX) [COUNT {count}]
      ZUNION 2 {key} {key} [WEIGHTS {score} {score}] [AGGREGATE (SUM|MIN|MAX)] [WITHSCORES]
      ZINTER 2 {key} {key} [WEIGHTS {score} {score}] [AGGREGATE (SUM|MIN|MAX)] [WITHSCORES]
      ZDIFF 2 {key} {key} [WITHSCORES]
      ZUNIONSTORE {key} 2 {key} {key} [WEIGHTS {score} {score}] [AGGREGATE (SUM|MIN|MAX)]
      ZINTERSTORE {key} (2 {key} {key}|{small} {key}) [AGGREGATE (SUM|MIN|MAX)]
      ZDIFFSTORE {key} 2 {key} {key}
      ZINTERCARD 2 {key} {key} [LIMIT {count}]
      ZSCAN {key} 0 [MATCH {glob}] COUNT 1000
      ZRANDMEMBER {key} 0
      SADD {key} {member} {member}
      """),
  /** Order by bytes, which means something only where all scores are equal. */
  LEXICOGRAPHIC_SETS(
      """
      ZADD {key} [NX] 0 {member} [0 {member}]*
      ZADD {key} 0 {element} 0 {element} 0 {element}
      ZREM {key} {member} [{member}]*
      ZLEXCOUNT {key} {lex} {lex}
      ZRANGE {key} {lex} {lex} BYLEX [REV] [LIMIT {index} {index}]
      ZRANGEBYLEX {key} {lex} {lex} [LIMIT {index} {index}]
      ZREVRANGEBYLEX {key} {lex} {lex} [LIMIT {index} {index}]
      ZREMRANGEBYLEX {key} {lex} {lex}
      ZRANGESTORE {key} {key} {lex} {lex} BYLEX [REV] [LIMIT {index} {index}]
      """),
  STREAMS(
      """
      XADD {key} [NOMKSTREAM] [(MAXLEN|MINID) [=] {small}] {newid} {field} {value} [{field} {value}]*
      XADD {key} (1-1|2-1|3-1|4-1|5-1|9-1) {field} {value}
      XLEN {key}
      XRANGE {key} {from} {to} [COUNT {count}]
      XREVRANGE {key} {to} {from} [COUNT {count}]
      XREAD [COUNT {count}] STREAMS (k0 {id}|{key} {key} {id} {id}|{key} {from})
      XDEL {key} {id} [{id}]*
      XTRIM {key} (MAXLEN|MINID) [=] {small}
      XSETID {key} (99-1|100-1) [ENTRIESADDED {small} MAXDELETEDID {id}]
      XINFO STREAM {key}
      XINFO STREAM {key} FULL COUNT 0
      XINFO GROUPS {key}
      """),
  STREAM_GROUPS(
      """
      XADD {key} (1-1|2-1|3-1|4-1|5-1|6-1) {field} {value}
      XADD {key} (1-2|2-2|3-2|4-2|5-2|6-2) {field} {value}
      XGROUP CREATE {key} {group} (0|$|{id}) [MKSTREAM]
      XGROUP CREATE {key} {group} (0|$|{id}) MKSTREAM ENTRIESREAD {count}
      XGROUP SETID {key} {group} (0|$|{id})
      XGROUP DESTROY {key} {group}
      XGROUP CREATECONSUMER {key} {group} {consumer}
      XGROUP DELCONSUMER {key} {group} {consumer}
      XREADGROUP GROUP {group} {consumer} [COUNT {count}] [NOACK] STREAMS {key} (>|>|>|0|{id})
      XREADGROUP GROUP {group} {consumer} STREAMS {key} >
      XACK {key} {group} {id} [{id}]*
      XPENDING {key} {group}
      XPENDING {key} {group} {from} {to} {count} [{consumer}]
      XPENDING {key} {group} IDLE 0 {from} {to} {count}
      XCLAIM {key} {group} {consumer} 0 {id} [{id}] [FORCE] [JUSTID] [LASTID {id}] [RETRYCOUNT {small}]
      XAUTOCLAIM {key} {group} {consumer} 0 {from} [COUNT {count}] [JUSTID]
      XDEL {key} {id} [{id}]
      XTRIM {key} MAXLEN {small}
      XLEN {key}
      XINFO GROUPS {key}
      """),
  HYPERLOGLOGS(
      """
      PFADD {key} {value} [{value}]*
      PFADD {key} {member} [{numeric}]*
      PFCOUNT {key} [{key}]*
      PFMERGE {key} [{key}]*
      GET {key}
      STRLEN {key}
      APPEND {key} {value}
      """),
  GEO(
      """
      GEOADD {key} [(NX|XX)] [CH] {longitude} {latitude} {place} [{longitude} {latitude} {place}]*
      GEOADD {key} 13.361389 38.115556 palermo 15.087269 37.502669 catania
      GEOADD {key} 2.349014 48.864716 paris -0.127758 51.507351 london
      GEODIST {key} {place} {place} [{unit}]
      GEOPOS {key} {place} {place}
      GEOHASH {key} {place} {place}
      GEOSEARCH {key} (FROMMEMBER {place}|FROMLONLAT {longitude} {latitude}) (BYRADIUS {radius} {unit}|BYBOX {radius} {radius} {unit}) (ASC|DESC) [COUNT {count} [ANY]] [WITHCOORD] [WITHDIST] [WITHHASH]
      GEOSEARCHSTORE {key} {key} FROMMEMBER {place} BYRADIUS {radius} km ASC [COUNT {count}] [STOREDIST]
      GEORADIUS {key} {longitude} {latitude} {radius} {unit} (ASC|DESC) [COUNT {count}] [WITHDIST] [WITHCOORD]
      GEORADIUSBYMEMBER {key} {place} {radius} {unit} (ASC|DESC) [STORE {key}]
      ZRANGE {key} 0 -1 WITHSCORES
      ZREM {key} {place}
      """),
  GENERIC(
      """
      DEL {key} [{key}]*
      UNLINK {key} [{key}]*
      EXISTS {key} [{key}]*
      TOUCH {key} [{key}]*
      TYPE {key}
      RENAME {key} {key}
      RENAMENX {key} {key}
      COPY {key} {key} [REPLACE]
      COPY {key} {key} DB {small} [REPLACE]
      MOVE {key} (1|2|{int})
      KEYS {glob}
      SCAN 0 [MATCH {glob}] COUNT 1000 [TYPE (string|list|set|zset|hash|stream)]
      DBSIZE
      SELECT (0|0|0|1|{int})
      SWAPDB (0|1) (1|0|2|{int})
      PEXPIREAT {key} {time}
      EXPIREAT {key} {seconds}
      PEXPIREAT {key} {time} (NX|XX|GT|LT)
      EXPIREAT {key} {seconds} (NX|XX|GT|LT)
      PERSIST {key}
      PEXPIRETIME {key}
      EXPIRETIME {key}
      OBJECT REFCOUNT nokey
      FLUSHDB
      ECHO {value}
      PING [{value}]
      """),
  SORTING(
      """
      RPUSH {key} {numeric} [{numeric}]*
      SADD {key} {numeric} [{numeric}]*
      ZADD {key} 1 {numeric} 2 {numeric} 3 {numeric}
      RPUSH {key} {element} [{element}]*
      MSET w_1 3 w_2 1 w_3 2 w_a 5 w_b x o_1 one o_2 two o_a letter
      HSET h_1 f 3 g one
      HSET h_2 f 1 g two
      SORT {key} [LIMIT {index} {count}] [(ASC|DESC)] [ALPHA]
      SORT {key} BY (w_*|h_*->f|nosuch_*) [LIMIT {index} {count}] [GET #] [GET (o_*|h_*->g)] [(ASC|DESC)]
      SORT {key} ALPHA [DESC] STORE {key}
      SORT {key} [BY w_*] [GET o_*] STORE {key}
      SORT_RO {key} [ALPHA] [LIMIT {index} {count}] [GET o_*]
      LRANGE {key} 0 -1
      """);

  private final List<CommandTemplate> templates = new ArrayList<>();

  CommandFamily(String patterns) {
    patterns.lines().map(CommandTemplate::new).forEach(templates::add);
  }

  List<CommandTemplate> templates() {
    return templates;
  }
}
