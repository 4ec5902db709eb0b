"""Calls the simulator through Pinterest's own generated Python client, which checks the types of what comes back.

The client is older than the description: it has no system users and no catalogs.

    official_client.py SIMULATOR
"""
import sys

import openapi_generated.pinterest_client as pinterest
from openapi_generated.pinterest_client.api import ad_accounts_api
from openapi_generated.pinterest_client.api import business_access_assets_api as assets_api
from openapi_generated.pinterest_client.api import business_access_invite_api as invites_api
from openapi_generated.pinterest_client.api import business_access_relationships_api as relations_api

B = "600000000000000001"
BO, CY, FRANCE = "200000000000000002", "200000000000000003", "549700000001"
NORTH, SOUTH, CLIENT = "700000000000000001", "700000000000000002", "700000000000000003"

client = pinterest.ApiClient(pinterest.Configuration(host=sys.argv[1], access_token="pina_simulator"))
accounts = ad_accounts_api.AdAccountsApi(client)
assets = assets_api.BusinessAccessAssetsApi(client)
invites = invites_api.BusinessAccessInviteApi(client)
relations = relations_api.BusinessAccessRelationshipsApi(client)
failed = 0


def attempt(name, call, *arguments, **options):
    global failed
    try:
        # Bodies are given as plain data: the client turns them into its models by the names of the description.
        return call(*arguments, _spec_property_naming=True, **options)
    except Exception as error:  # whatever it is, it is a finding
        failed += 1
        print(f"{name}: {type(error).__name__}: {str(error)[:500]}")


attempt("accounts", accounts.ad_accounts_list, include_shared_accounts=True)
attempt("employers", relations.get_business_employers)
for summary in [True, False]:
    attempt("members", relations.get_business_members, B, assets_summary=summary, page_size=2)
for side in ["INTERNAL", "EXTERNAL"]:
    attempt("partners", relations.get_business_partners, B, partner_type=side, assets_summary=True)
for kind in ["AD_ACCOUNT", "PROFILE", "ASSET_GROUP"]:
    attempt("assets", assets.business_assets_get, B, asset_type=kind)
    attempt("member assets", assets.business_member_assets_get, B, BO, asset_type=kind)
    attempt("partner assets", assets.business_partner_asset_access_get, B, NORTH, asset_type=kind)
attempt("asset members", assets.business_asset_members_get, B, FRANCE)
attempt("asset partners", assets.business_asset_partners_get, B, FRANCE)
for member in [True, False]:
    attempt("invites", invites.get_invites, B, is_member=member)

grant = {"asset_id": FRANCE, "permissions": ["ANALYST", "ADMIN"]}
attempt("set", assets.business_members_asset_access_update, B, {"accesses": [{"member_id": CY, **grant}]})
attempt("remove", assets.business_members_asset_access_delete, B, {"accesses": [{"member_id": CY, "asset_id": FRANCE}]})
attempt("set", assets.update_partner_asset_access_handler_impl, B, {"accesses": [{"partner_id": NORTH, **grant}]})
removal = {"partner_id": NORTH, "asset_id": FRANCE, "partner_type": "INTERNAL"}
attempt("remove", assets.delete_partner_asset_access_handler_impl, B, {"accesses": [removal]})
body = {"invite_type": "MEMBER_INVITE", "business_role": "EMPLOYEE", "members": ["gus@acme.example", "bo@acme.example"]}
attempt("invite", invites.create_membership_or_partnership_invites, B, body)
attempt("cancel", invites.cancel_invites_or_requests, B, {"invite_ids": ["380000000000000001", "1"]})
body = {"asset_requests": [{"partner_id": CLIENT, "asset_id_to_permissions": {"549700000077": ["ANALYST"]}}]}
attempt("request", invites.asset_access_requests_create, B, body)
attempt("roles", relations.update_business_memberships, B, [{"member_id": CY, "business_role": "BIZ_ADMIN"}])
body = {"members": [{"member_id": BO, "business_role": "EMPLOYEE"}]}
attempt("delete members", relations.delete_business_membership, B, body)
attempt("delete partners", relations.delete_business_partners, B, {"partner_ids": [SOUTH]})
print("the official client read every answer" if not failed else f"{failed} calls failed")
sys.exit(bool(failed))
