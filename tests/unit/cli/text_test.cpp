// Tables, figures, CSV and near misses.
#include <gtest/gtest.h>

#include <limits>
#include <sstream>

#include "cli/text/csv.h"
#include "cli/text/format.h"
#include "cli/text/nearest.h"
#include "cli/text/table.h"
#include "cli/text/width.h"

namespace keyscore::cli {
namespace {

TEST(WidthTest, CountsColumnsOfTheTerminal) {
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("Zoë"), 3u);
  EXPECT_EQ(DisplayWidth("Zoe\u0308"), 3u);  // e and a combining diaeresis
  EXPECT_EQ(DisplayWidth("日本"), 4u);
  EXPECT_EQ(DisplayWidth("\xff\xfe"), 2u);  // no UTF-8: a column a byte, no reading past the end
  EXPECT_EQ(DisplayWidth("\xe6\x97"), 2u);
}

TEST(WidthTest, ShortensToWidthWithEllipsis) {
  EXPECT_EQ(Shorten("abcdef", 6), "abcdef");
  EXPECT_EQ(Shorten("abcdefg", 6), "abcde…");
  EXPECT_EQ(Shorten("日本語", 4), "日…");
}

TEST(WidthTest, ControlCharactersNeverReachTheTerminal) {
  EXPECT_EQ(Printable("a\x1b[31mb\nc"), "a [31mb c");
}

TEST(TableTest, AlignsByDisplayWidthAndEndsNoLineInSpaces) {
  Table table({{"Name"}, {"Score", Align::kRight}, {"Note"}});
  table.AddRow({"Zoë", "7.0", ""});
  table.AddRow({"日本", "100.0", "x"});
  EXPECT_EQ(table.Render(false),
            "Name  Score  Note\n"
            "Zoë     7.0\n"
            "日本  100.0  x\n");
}

TEST(TableTest, ColumnWithoutContentIsLeftOut) {
  Table table({{"A"}, {"Empty"}, {"B"}});
  table.AddRow({"1", "", "2"});
  EXPECT_EQ(table.Render(false), "A  B\n1  2\n");
}

TEST(TableTest, ColourStandsAroundTextNotAroundPadding) {
  Table table({{"", Align::kRight}, {""}});
  table.AddRow({Cell("1", Style::kGood), "a"});
  table.AddRow({"10", "b"});
  EXPECT_EQ(table.Render(true), " \x1b[32m1\x1b[0m  a\n10  b\n");
}

TEST(FormatTest, FiguresHaveDecimalsThatHelp) {
  EXPECT_EQ(FormatNumber(55), "55.0");
  EXPECT_EQ(FormatNumber(1234567.8), "1,234,568");
  EXPECT_EQ(FormatNumber(-1234), "-1,234");
  EXPECT_EQ(FormatNumber(-123), "-123.0");
  EXPECT_EQ(FormatNumber(0.0421), "0.042");
  EXPECT_EQ(FormatNumber(0), "0.0");
  EXPECT_EQ(FormatNumber(-0.000001), "0.00000");
  EXPECT_EQ(FormatCount(1000), "1,000");
  EXPECT_EQ(FormatCount(100), "100");
}

TEST(FormatTest, SharesArePercent) {
  EXPECT_EQ(FormatShare(0.4), "40 %");
  EXPECT_EQ(FormatShare(0.075), "7.5 %");
  EXPECT_EQ(FormatShare(1), "100 %");
  EXPECT_EQ(FormatShare(0), "0 %");
}

TEST(FormatTest, BarFillsInEighths) {
  EXPECT_EQ(Bar(0, 4), "░░░░");
  EXPECT_EQ(Bar(1, 4), "████");
  EXPECT_EQ(Bar(0.5, 4), "██░░");
  EXPECT_EQ(Bar(1.0 / 32, 4), "▏░░░");
  EXPECT_EQ(Bar(7, 4), "████");
  EXPECT_EQ(Bar(std::numeric_limits<double>::quiet_NaN(), 2), "░░");
}

TEST(FormatTest, PeriodNamesItsLastDay) {
  v1::Period period;
  period.set_start_date("2017-07-01");
  period.set_end_date("2017-10-01");
  EXPECT_EQ(FormatSpan(period), "1 Jul – 30 Sep 2017");
  period.set_end_date("2018-01-01");
  period.set_start_date("2016-12-31");
  EXPECT_EQ(FormatSpan(period), "31 Dec 2016 – 31 Dec 2017");
  period.set_start_date("2017-12-31");
  EXPECT_EQ(FormatSpan(period), "31 Dec 2017");
  period.set_start_date("2017-12-01");
  EXPECT_EQ(FormatSpan(period), "1 – 31 Dec 2017");
}

TEST(FormatTest, InstantIsShownInTheReportingZone) {
  google::protobuf::Timestamp time;
  time.set_seconds(1498860000);  // 2017-06-30T22:00:00Z
  EXPECT_EQ(FormatInstant(time, "Europe/Berlin"), "2017-07-01");
  EXPECT_EQ(FormatInstant(time, "UTC"), "2017-06-30 22:00");
  EXPECT_EQ(Rfc3339(time), "2017-06-30T22:00:00Z");
}

TEST(CsvTest, QuotesWhatRfc4180AsksFor) {
  EXPECT_EQ(CsvField("plain"), "plain");
  EXPECT_EQ(CsvField("a,b"), "\"a,b\"");
  EXPECT_EQ(CsvField("say \"no\""), "\"say \"\"no\"\"\"");
  EXPECT_EQ(CsvField("two\nlines"), "\"two\nlines\"");
  std::ostringstream out;
  WriteCsvRecord(out, {"a", "", "b c"});
  EXPECT_EQ(out.str(), "a,,b c\r\n");
}

TEST(CsvTest, NumbersKeepAllTheirDigits) {
  EXPECT_EQ(CsvNumber(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(CsvNumber(std::nullopt), "");
  EXPECT_EQ(CsvNumber(0), "0");
}

TEST(NearestTest, FindsWhatWasMeant) {
  EXPECT_EQ(Nearest("chrun_rate", {"churn_rate", "time_to_close"}), "churn_rate");
  EXPECT_EQ(Nearest("Account", {"account", "amount"}), "account");
  EXPECT_EQ(Nearest("xyz", {"account", "amount"}), "");
  EXPECT_EQ(Nearest("a", {"bc"}), "");
  EXPECT_EQ(DidYouMean("manger", {"manager"}), "; did you mean 'manager'?");
}

}  // namespace
}  // namespace keyscore::cli
