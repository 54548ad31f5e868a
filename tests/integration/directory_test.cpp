// The directory: what is upserted can be read, listed, filtered and corrected, and counts at once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "support/facts.h"
#include "support/server_fixture.h"

namespace keyscore::testing {
namespace {

using absl::StatusCode;
using ::testing::Not;

google::protobuf::Timestamp Time(const std::string& text) {
  google::protobuf::Timestamp time;
  time.set_seconds(MicrosOf(text) / 1'000'000);
  return time;
}

class DirectoryTest : public SmallWorldTest {
 protected:
  v1::Manager ManagerOf(const std::string& name) {
    v1::GetManagerRequest request;
    request.set_name(name);
    const auto manager = client().GetManager(request);
    EXPECT_THAT(manager, IsOk());
    return manager.value_or(v1::Manager());
  }

  absl::StatusOr<v1::BatchUpsertManagersResponse> Upsert(const std::vector<v1::Manager>& managers,
                                                         bool validate_only = false) {
    v1::BatchUpsertManagersRequest request;
    for (const v1::Manager& manager : managers) *request.add_managers() = manager;
    request.set_validate_only(validate_only);
    return client().BatchUpsertManagers(request);
  }
};

TEST_F(DirectoryTest, ManagersAreReadAsTheyWereSent) {
  v1::GetManagerRequest get;
  get.set_name("managers/anna");
  const auto anna = client().GetManager(get);
  ASSERT_THAT(anna, IsOk());
  EXPECT_EQ(anna->display_name(), "Anna Keller");
  EXPECT_EQ(anna->team(), "teams/north");
  EXPECT_EQ(anna->role_start_time().seconds(), Time("2023-01-15").seconds());
  EXPECT_FALSE(anna->has_leave_time());
  EXPECT_FALSE(anna->etag().empty());
  get.set_name("managers/nobody");
  EXPECT_THAT(client().GetManager(get), Refused(StatusCode::kNotFound));
  get.set_name("people/anna");
  EXPECT_THAT(client().GetManager(get), RefusedField(StatusCode::kInvalidArgument, "name"));
}

TEST_F(DirectoryTest, UpsertedManagerCanBeScored) {
  v1::BatchUpsertManagersRequest upsert;
  v1::Manager* carla = upsert.add_managers();
  carla->set_name("managers/carla");
  carla->set_display_name("Carla Frey");
  carla->set_team("teams/south");
  *carla->mutable_role_start_time() = Time("2024-01-01");
  upsert.set_validate_only(true);
  ASSERT_THAT(client().BatchUpsertManagers(upsert), IsOk());
  v1::GetManagerRequest get;
  get.set_name("managers/carla");
  EXPECT_THAT(client().GetManager(get), Refused(StatusCode::kNotFound));
  upsert.set_validate_only(false);
  const auto response = client().BatchUpsertManagers(upsert);
  ASSERT_THAT(response, IsOk());
  ASSERT_EQ(response->managers_size(), 1);
  EXPECT_EQ(response->managers(0).display_name(), "Carla Frey");

  v1::BatchUpsertOwnershipsRequest own;
  v1::Ownership* span = own.add_ownerships();
  span->set_name("ownerships/o9");
  span->set_account("accounts/gamma");
  span->set_manager("managers/carla");
  *span->mutable_start_time() = Time("2024-02-01");
  ASSERT_THAT(client().BatchUpsertOwnerships(own), IsOk());
  // The NPS answers of 15 February have no manager_id, so they are Carla's now.
  EXPECT_EQ(Result("managers/carla/scorecards/2024-Q1", "net_promoter_score").sample_size(), 2u);
  EXPECT_EQ(Result("teams/south/scorecards/2024-Q1", "net_promoter_score").sample_size(), 2u);
}

TEST_F(DirectoryTest, AccountsContactsAndTeams) {
  v1::BatchUpsertAccountsRequest accounts;
  v1::Account* delta = accounts.add_accounts();
  delta->set_name("accounts/delta");
  delta->set_display_name("Delta \xC3\x96l");
  delta->set_segment("enterprise");
  delta->set_region("emea");
  *delta->mutable_start_time() = Time("2023-05-01");
  *delta->mutable_churn_time() = Time("2024-02-01");
  (*delta->mutable_attributes()->mutable_fields())["employees"].set_number_value(120);
  ASSERT_THAT(client().BatchUpsertAccounts(accounts), IsOk());
  v1::GetAccountRequest get;
  get.set_name("accounts/delta");
  const auto read = client().GetAccount(get);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->display_name(), delta->display_name());
  EXPECT_EQ(read->churn_time().seconds(), delta->churn_time().seconds());
  EXPECT_EQ(read->attributes().fields().at("employees").number_value(), 120);
  v1::ListAccountsRequest list;
  list.set_filter("segment = \"enterprise\"");
  EXPECT_EQ(client().ListAccounts(list)->accounts_size(), 3);
  // An account of nobody's: 1 of 1 churned.
  EXPECT_DOUBLE_EQ(Result("accounts/delta/scorecards/2024-Q1", "churn_rate").value(), 100);

  v1::BatchUpsertContactsRequest contacts;
  v1::Contact* person = contacts.add_contacts();
  person->set_name("contacts/cfo-of-acme");
  person->set_account("accounts/acme");
  person->set_seniority(v1::Contact::SENIORITY_C_LEVEL);
  person->set_decision_maker(true);
  *person->mutable_known_since_time() = Time("2023-05-01");
  ASSERT_THAT(client().BatchUpsertContacts(contacts), IsOk());
  v1::GetContactRequest contact;
  contact.set_name("contacts/cfo-of-acme");
  EXPECT_EQ(client().GetContact(contact)->seniority(), v1::Contact::SENIORITY_C_LEVEL);

  v1::BatchUpsertTeamsRequest teams;
  teams.add_teams()->set_name("teams/west");
  teams.mutable_teams(0)->set_display_name("West");
  *teams.mutable_teams(0)->mutable_create_time() = Time("2024-01-01");
  ASSERT_THAT(client().BatchUpsertTeams(teams), IsOk());
  const auto all = client().ListTeams({});
  ASSERT_THAT(all, IsOk());
  EXPECT_EQ(all->teams_size(), 3);
}

TEST_F(DirectoryTest, UpsertIsAllOrNothing) {
  v1::BatchUpsertManagersRequest upsert;
  for (const char* name : {"managers/good", "managers/"}) {
    v1::Manager* manager = upsert.add_managers();
    manager->set_name(name);
    manager->set_display_name("Somebody");
    *manager->mutable_role_start_time() = Time("2024-01-01");
  }
  EXPECT_THAT(client().BatchUpsertManagers(upsert), Refused(StatusCode::kInvalidArgument));
  v1::GetManagerRequest get;
  get.set_name("managers/good");
  EXPECT_THAT(client().GetManager(get), Refused(StatusCode::kNotFound));
}

TEST_F(DirectoryTest, EtagChangesWithTheRow) {
  v1::GetManagerRequest get;
  get.set_name("managers/anna");
  v1::Manager anna = *client().GetManager(get);
  const std::string old_etag = anna.etag();
  v1::BatchUpsertManagersRequest upsert;
  anna.set_display_name("Anna Keller-Graf");
  *upsert.add_managers() = anna;
  ASSERT_THAT(client().BatchUpsertManagers(upsert), IsOk());
  EXPECT_NE(client().GetManager(get)->etag(), old_etag);
  EXPECT_EQ(client().GetManager(get)->display_name(), "Anna Keller-Graf");
}

TEST_F(DirectoryTest, StaleEtagIsRefused) {
  v1::Manager anna = ManagerOf("managers/anna");
  const std::string first_etag = anna.etag();
  anna.set_display_name("Anna Keller-Graf");
  const auto renamed = Upsert({anna});
  ASSERT_THAT(renamed, IsOk());
  EXPECT_EQ(renamed->managers(0).etag(), ManagerOf("managers/anna").etag());
  EXPECT_NE(renamed->managers(0).etag(), first_etag);

  // What somebody who read before the change would send.
  anna.set_display_name("Anna Graf");
  const auto late = Upsert({anna});
  EXPECT_THAT(late, Refused(StatusCode::kAborted));
  EXPECT_EQ(client::DetailsOf(late.status()).reason, "ETAG_MISMATCH");
  EXPECT_THAT(late, MessageHas("managers/anna"));
  EXPECT_THAT(late, MessageHas("Read it again"));
  EXPECT_EQ(ManagerOf("managers/anna").display_name(), "Anna Keller-Graf");

  anna.set_etag(renamed->managers(0).etag());
  ASSERT_THAT(Upsert({anna}), IsOk());
  anna.clear_etag();
  anna.set_display_name("Anna Keller");
  ASSERT_THAT(Upsert({anna}), IsOk());
  // The first version's values are there again, and so is its etag.
  EXPECT_EQ(ManagerOf("managers/anna").etag(), first_etag);
}

TEST_F(DirectoryTest, EtagHoldsAgainstAppendedFacts) {
  v1::Manager anna = ManagerOf("managers/anna");
  ASSERT_THAT(
      client().AppendFacts(Batch("manager", {"fact_id", "manager_id", "occurred_at", "name"},
                                 {{"anna-2", "anna", At{"2024-05-01"}, "Anna Keller"}})),
      IsOk());
  EXPECT_THAT(Upsert({anna}), Refused(StatusCode::kAborted));
}

TEST_F(DirectoryTest, EveryStaleEtagIsNamedAndNothingIsWritten) {
  v1::Manager anna = ManagerOf("managers/anna"), boris = ManagerOf("managers/boris");
  const v1::Manager boris_before = boris;
  v1::Manager carla = anna;  // never there, so no etag is its own
  carla.set_name("managers/carla");
  anna.set_etag("another");
  boris.set_display_name("Boris Renamed");
  for (const bool validate_only : {true, false}) {
    const auto refused = Upsert({anna, boris, carla}, validate_only);
    EXPECT_THAT(refused, Refused(StatusCode::kAborted));
    EXPECT_THAT(refused, MessageHas("managers/anna, managers/carla (not there)"));
    EXPECT_THAT(refused, MessageHas("Read them again"));
    EXPECT_THAT(refused, Not(MessageHas("boris")));
  }
  EXPECT_EQ(ManagerOf("managers/boris").display_name(), boris_before.display_name());
  EXPECT_EQ(ManagerOf("managers/boris").etag(), boris_before.etag());
  // What is wrong with the request itself comes first.
  boris.clear_role_start_time();
  EXPECT_THAT(Upsert({anna, boris}),
              RefusedField(StatusCode::kInvalidArgument, "managers[1].role_start_time"));
}

TEST_F(DirectoryTest, ManyStaleEtagsAreCounted) {
  std::vector<v1::Manager> managers;
  for (int i = 0; i < 2'000; ++i) {
    v1::Manager& manager = managers.emplace_back();
    manager.set_name("managers/manager-" + std::to_string(10'000 + i));
    manager.set_display_name("Somebody");
    *manager.mutable_role_start_time() = Time("2024-01-01");
    manager.set_etag("stale");
  }
  const auto refused = Upsert(managers);
  EXPECT_THAT(refused, Refused(StatusCode::kAborted));
  // "managers/manager-10000 (not there)" has 34 bytes: 27 of them with ", " between are 970, and
  // one more would be beyond 1,000.
  EXPECT_THAT(refused, MessageHas("managers/manager-10026 (not there) and 1973 more"));
}

// Several people count up in the same names, each by reading, adding one and sending the etag
// along. Where a write came between another's check and write, a count would be lost.
TEST_F(DirectoryTest, NoUpdateWithAnEtagIsLost) {
  constexpr int kPeople = 4, kRounds = 10;
  v1::Manager counter = ManagerOf("managers/anna");
  counter.set_display_name("0");
  counter.clear_etag();
  ASSERT_THAT(Upsert({counter}), IsOk());
  std::atomic<int> refused = 0;
  std::vector<std::thread> people;
  for (int i = 0; i < kPeople; ++i) {
    people.emplace_back([&] {
      for (int done = 0; done < kRounds;) {
        v1::Manager mine = ManagerOf("managers/anna");
        mine.set_display_name(std::to_string(std::stoi(mine.display_name()) + 1));
        const auto written = Upsert({mine});
        if (written.ok()) {
          ++done;
        } else {
          ASSERT_THAT(written, Refused(StatusCode::kAborted));
          ++refused;
        }
      }
    });
  }
  for (std::thread& person : people) person.join();
  EXPECT_EQ(ManagerOf("managers/anna").display_name(), std::to_string(kPeople * kRounds));
  EXPECT_GT(refused, 0) << "they never met, so this proved nothing";
}

TEST_F(DirectoryTest, ListsArePaged) {
  v1::ListAccountsRequest list;
  list.set_page_size(2);
  auto page = client().ListAccounts(list);
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->accounts_size(), 2);
  list.set_page_token(page->next_page_token());
  page = client().ListAccounts(list);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->accounts_size(), 1);
  EXPECT_TRUE(page->next_page_token().empty());
  v1::GetOrganizationRequest get;
  get.set_name("organization");
  const auto organization = client().GetOrganization(get);
  ASSERT_THAT(organization, IsOk());
  EXPECT_EQ(organization->manager_count(), 2);
  EXPECT_EQ(organization->account_count(), 3);
  EXPECT_EQ(organization->team_count(), 2);
  EXPECT_EQ(organization->calendar().time_zone(), "UTC");
}

}  // namespace
}  // namespace keyscore::testing
