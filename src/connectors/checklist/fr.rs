//! French.
//!
//! Terms of Pinterest's French help centre where it has them (« Éditeur » for *Publisher*), else translated. No name follows « de »
//! or « que »: they would have to become « d’ » and « qu’ » before a vowel.

use super::language::{Kind, Recipe, Recipes, Texts};

pub(super) static TEXTS: Texts = Texts {
    code: "fr",
    name: "français",
    spacing: &[
        ("« ", "«\u{a0}"),
        (" »", "\u{a0}»"),
        (" :", "\u{a0}:"),
        (" ;", "\u{202f};"),
        (" !", "\u{202f}!"),
        (" ?", "\u{202f}?"),
        ("étape {", "étape\u{a0}{"),
        ("étapes {", "étapes\u{a0}{"),
    ],

    and: " et ",
    quoted: "« {name} »",
    id: "ID {id}",
    business_id: "ID d’entreprise {id}",
    created_in: "créé à l’étape {step}",
    nobody: "une personne sans nom",
    ending: "{principal} : {rights}",

    heading: "Modifications d’accès sur Pinterest : {business}",
    facts: &[
        "**Entreprise :** {business}",
        "**Plan :** {plan}",
        "**Calculé pour :** {as_of}",
        "**Nombre d’étapes :** {count}",
        "{only_manual}",
    ],
    only_manual: "Seules figurent ici les étapes qu’accord ne peut pas effectuer lui-même.",
    before_heading: "Avant de commencer",
    before: &[
        "Connectez-vous à Pinterest avec un compte qui a le rôle **Gestionnaire** dans cette entreprise.",
        "Ouvrez le menu en haut à gauche puis, sous **Entreprise**, choisissez **Business Manager** (**Business Access** dans les \
         anciennes versions). Chaque étape part de là.",
        "Vérifiez que l’entreprise affichée est bien {business}.",
        "Respectez l’ordre des étapes, afin que personne ne perde en cours de route un accès qu’il doit garder.",
        "Les libellés des boutons changent parfois. Ce qui compte est le résultat décrit sous « À vérifier ensuite ».",
    ],
    ticking_heading: "Comment cocher",
    ticking: &[
        "`[x]` : étape effectuée.",
        "`[ ]` : étape non effectuée.",
        "`[!]` : étape impossible à effectuer. Indiquez pourquoi à la fin de la même ligne, après `-->`.",
        "Ne modifiez pas les commentaires masqués qui contiennent le mot `accord` : ils indiquent de quelle étape il s’agit.",
        "Écrivez vos remarques sur des lignes séparées.",
        "Remettez ensuite ce fichier à accord, qui relira l’état de l’entreprise.",
    ],
    steps_heading: "Étapes",
    no_steps: "Il n’y a rien à faire à la main.",

    after_one: "Après l’étape {steps}.",
    after_many: "Après les étapes {steps}.",
    after_accord: "Attendez qu’accord ait effectué {operations}.",
    care_admin: "**Attention :** cette étape donne des droits d’administration. Comparez encore une fois le nom et l’ID avant \
                 d’enregistrer.",
    care_billing: "**Attention :** cette étape donne des droits sur la facturation.",
    care_irreversible: "**Attention :** accord ne peut pas annuler cette étape à lui seul.",
    afterwards: "**À vérifier ensuite :** {check}",
    why: "**Motif :** {why}",
    written: "demandé dans {places}",
    written_because: "{reasons} (demandé dans {places})",
    unwritten: "aucune ligne du dépôt d’accès ne le demande",
    unwritten_near: "aucune ligne du dépôt d’accès ne le demande ; la plus proche est {place}",
    ended: "le dernier jour était le {until} ({place})",
    undoes: "annule {operation} du plan {plan}",

    employees: "Employés",
    partners: "Partenaires",
    inbound: "le partenaire accède à vos ressources",
    outbound: "vous accédez aux ressources du partenaire",

    words: &[
        ("EMPLOYEE", "Employé"),
        ("BIZ_ADMIN", "Gestionnaire"),
        ("ADMIN", "Administrateur"),
        ("ANALYST", "Analyste"),
        ("FINANCE_MANAGER", "Finances"),
        ("FINANCE_EDIT", "Finances (modification)"),
        ("FINANCE_VIEW", "Finances (consultation)"),
        ("AUDIENCE_MANAGER", "Audience"),
        ("CAMPAIGN_MANAGER", "Campagne"),
        ("CATALOGS_MANAGER", "Catalogues"),
        ("CATALOGS_VIEWER", "Catalogues (consultation)"),
        ("PROFILE_PUBLISHER", "Éditeur"),
        ("CONSUMER_USER", "Utilisateur consommateur"),
        ("BIZ_PINNER_LIST_SHARER", "Partage d’audiences"),
        ("OWNER", "Propriétaire"),
        ("SOS_READER", "SOS (lecture)"),
        ("RESTRICTED_OWNER", "Propriétaire restreint"),
        ("PROFILE_MANAGER", "Gestionnaire de profil"),
        ("RESOURCE_PINNER_LIST_OWNER", "Propriétaire d’audience"),
        ("RESOURCE_PINNER_LIST_READER", "Audience (lecture)"),
        ("RESOURCE_CONVERSION_TAGS_READER", "Balises de conversion (lecture)"),
        ("BRAND", "Marque"),
        ("LOCATION_OR_LANGUAGE", "Lieu ou langue"),
        ("PRODUCT_LINE", "Gamme de produits"),
        ("OTHER", "Autre"),
    ],
    kinds: &[
        Kind { word: "AD_ACCOUNT", title: "compte publicitaire", section: "Comptes publicitaires" },
        Kind { word: "PROFILE", title: "profil", section: "Profils" },
        Kind { word: "CATALOG", title: "catalogue", section: "Catalogues" },
        Kind { word: "ASSET_GROUP", title: "groupe de ressources", section: "Groupes de ressources" },
        Kind { word: "CONSUMER", title: "consommateur", section: "Ressources" },
    ],
    recipes: RECIPES,
};

const RECIPES: Recipes = Recipes {
    create_group: Recipe {
        title: "Créer le groupe de ressources {what}",
        how: &[
            "Dans le menu de gauche, cliquez sur **Groupes de ressources**, puis sur **Créer un groupe de ressources**.",
            "Saisissez le nom {what}.",
            "Saisissez la description {description}.",
            "Choisissez le type {types}.",
            "Cliquez sur **Créer** et laissez le groupe vide : d’autres étapes le rempliront.",
            "Si l’ID du groupe est visible (dans la barre d’adresse, par exemple), notez-le après `ID:` sur la ligne de la case à \
             cocher.",
        ],
        check: "le groupe figure dans la liste et il est vide.",
    },
    add_to_group: Recipe {
        title: "Ajouter {what} au groupe de ressources {into}",
        how: &[
            "Cliquez sur **Groupes de ressources** et sélectionnez {group}.",
            "Cliquez sur l’icône en forme de crayon, puis sur **Ajouter des ressources**, et ouvrez **{section}**.",
            "Sélectionnez {asset} et enregistrez.",
        ],
        check: "{what} figure parmi les ressources du groupe. Quiconque a des droits sur le groupe y accède désormais.",
    },
    remove_from_group: Recipe {
        title: "Retirer {what} du groupe de ressources {into}",
        how: &[
            "Cliquez sur **Groupes de ressources** et sélectionnez {group}.",
            "Cliquez sur l’icône en forme de crayon et ouvrez **{section}**.",
            "Cliquez sur l’icône de corbeille à côté de {asset}, confirmez avec **Supprimer** et enregistrez.",
        ],
        check: "{what} ne figure plus parmi les ressources du groupe.",
    },
    delete_group: Recipe {
        title: "Supprimer le groupe de ressources {what}",
        how: &[
            "Cliquez sur **Groupes de ressources** et sélectionnez {asset}.",
            "Vérifiez que le groupe ne contient rien d’autre que : {contents}",
            "Vérifiez qu’il n’y a pas d’autres droits sur le groupe que ceux-ci, car ils disparaissent avec lui : {grants}",
            "Cliquez sur l’icône de corbeille et confirmez avec **Supprimer**.",
        ],
        check: "{what} ne figure plus dans la liste. Les ressources que le groupe contenait existent toujours.",
    },
    invite_member: Recipe {
        title: "Inviter {who} avec le rôle {role}",
        how: &[
            "Cliquez sur **Employés**, puis sur **Ajouter un employé**.",
            "Choisissez le rôle **{role}**.",
            "Saisissez {address} et cliquez sur **Ajouter des employés**.",
            "Lorsque Pinterest propose d’attribuer des autorisations, attribuez celles de la liste ci-dessous et aucune autre. Si \
             aucune liste ne suit, cliquez sur **Plus tard**.",
            "À attribuer : {grants}",
        ],
        check: "{who} figure dans la liste avec une invitation en attente. L’accès commence à l’acceptation de l’invitation, pour \
                laquelle un compte professionnel Pinterest est nécessaire.",
    },
    invite_partner: Recipe {
        title: "Inviter {who} comme partenaire",
        how: &[
            "Cliquez sur **Partenaires**, puis sur **Ajouter un partenaire**.",
            "Saisissez l’ID d’entreprise {address}.",
            "Choisissez **Inviter un partenaire à accéder à vos ressources**.",
            "Lorsque Pinterest propose d’attribuer des autorisations, attribuez celles de la liste ci-dessous et aucune autre. Si \
             aucune liste ne suit, cliquez sur **Plus tard**.",
            "À attribuer : {grants}",
        ],
        check: "{principal} figure dans la liste avec une invitation en attente, sous le nom attendu. L’accès commence à l’acceptation \
                de l’invitation.",
    },
    request_partner: Recipe {
        title: "Demander à {who} l’accès à ses ressources",
        how: &[
            "Cliquez sur **Partenaires**, puis sur **Ajouter un partenaire**.",
            "Saisissez l’ID d’entreprise {address}.",
            "Choisissez **Demander l’accès aux ressources de votre partenaire**.",
            "Demandez ce qui figure dans la liste ci-dessous et rien d’autre, puis cliquez sur **Envoyer la demande**.",
            "À demander : {grants}",
        ],
        check: "la demande adressée à {principal} est en attente. L’accès commence quand le partenaire l’accepte.",
    },
    attach_grants: Recipe {
        title: "Régler les autorisations de l’invitation en attente pour {who}",
        how: &[
            "Cliquez sur **{people}** et sélectionnez {principal} parmi les invitations en attente.",
            "Retirez : {dropped}",
            "Attribuez exactement : {grants}",
            "Enregistrez. Si la console ne permet pas de modifier une invitation en attente, marquez cette étape `[!]`.",
        ],
        check: "l’invitation en attente affiche ces autorisations et aucune autre.",
    },
    accept_inbound: Recipe {
        title: "Accepter la demande d’accès à nos ressources envoyée par {who}",
        how: &[
            "Cliquez sur **Partenaires** et repérez la demande de {principal} parmi celles en attente.",
            "Vérifiez que l’ID d’entreprise est {address}.",
            "Ne laissez que ce qui figure dans la liste ci-dessous, quelle que soit la demande, puis acceptez.",
            "À donner : {grants}",
        ],
        check: "{principal} figure parmi les partenaires ayant accès à nos ressources, avec ce qui est indiqué ci-dessus et rien d’autre.",
    },
    accept_outbound: Recipe {
        title: "Accepter l’accès à ses ressources proposé par {who}",
        how: &[
            "Cliquez sur **Partenaires** et repérez l’invitation de {principal} parmi celles en attente.",
            "Vérifiez que l’ID d’entreprise est {address}, puis acceptez.",
        ],
        check: "{principal} figure parmi les partenaires qui partagent des ressources avec nous.",
    },
    cancel_invite: Recipe {
        title: "Annuler l’invitation en attente pour {who}",
        how: &[
            "Cliquez sur **{people}** et repérez {principal} parmi les invitations en attente.",
            "Cliquez sur l’icône de corbeille à côté du nom et confirmez avec **Annuler l’invitation**.",
        ],
        check: "{who} ne figure plus parmi les invitations en attente. Si l’invitation a été acceptée entre-temps, marquez cette étape \
                `[!]`.",
    },
    set_role: Recipe {
        title: "Changer le rôle attribué à {who} : {before} → {role}",
        how: &[
            "Cliquez sur **Employés** et sélectionnez {principal}.",
            "Cliquez sur l’icône en forme de crayon à côté du rôle, choisissez **{role}** (actuellement : **{before}**) et enregistrez.",
        ],
        check: "la liste des employés affiche {who} avec le rôle {role}.",
    },
    give: Recipe {
        title: "Donner à {who} l’accès à {what} : {rights}",
        how: &[
            "Cliquez sur **{people}** et sélectionnez {principal}.",
            "Cliquez sur **Attribuer**, ouvrez **{section}** et sélectionnez {asset}.",
            "Activez {on}. Laissez tout le reste désactivé.",
            "Cliquez sur **Attribuer les autorisations**.",
        ],
        check: "{what} figure sur la page consacrée à {who} avec ces seules autorisations : {rights}.",
    },
    change: Recipe {
        title: "Modifier les autorisations accordées à {who} sur {what}",
        how: &[
            "Cliquez sur **{people}** et sélectionnez {principal}.",
            "Ouvrez **{section}** et cliquez sur l’icône en forme de crayon à côté de {asset}.",
            "Activez {on}.",
            "Désactivez {off}.",
            "Vérifiez que ceci, et rien d’autre, est activé : {all}. Enregistrez ensuite.",
        ],
        check: "{what} figure sur la page consacrée à {who} avec ces seules autorisations : {rights}.",
    },
    take: Recipe {
        title: "Retirer à {who} l’accès à {what}",
        how: &[
            "Cliquez sur **{people}** et sélectionnez {principal}.",
            "Ouvrez **{section}** et cliquez sur l’icône en forme de crayon à côté de {asset}. Jusqu’ici, ceci est activé : {had}.",
            "Cliquez sur **Supprimer** et confirmez.",
        ],
        check: "{what} ne figure plus sur la page consacrée à {who}.",
    },
    give_up: Recipe {
        title: "Renoncer à l’accès à {what}, partagé par {who}",
        how: &[
            "Cliquez sur **{people}** et sélectionnez {principal}.",
            "Ouvrez ce que le partenaire partage avec vous, puis **{section}**, et repérez {asset}. Jusqu’ici, vous avez : {had}.",
            "Cliquez sur l’icône de corbeille à côté et confirmez avec **Supprimer**.",
        ],
        check: "{what} ne figure plus parmi ce que {who} partage avec vous.",
    },
    request_access: Recipe {
        title: "Demander à {who} l’accès à {what} : {rights}",
        how: &[
            "Cliquez sur **{people}** et sélectionnez {principal}.",
            "Cliquez sur **Demander l’accès**, ouvrez **{section}** et saisissez l’ID : {asset}.",
            "Jusqu’ici, vous avez : {had}.",
            "Choisissez exactement {all} et cliquez sur **Envoyer la demande**.",
        ],
        check: "la demande est en attente. L’accès change quand le partenaire l’accepte.",
    },
    remove_member: Recipe {
        title: "Retirer {who} des employés",
        how: &[
            "Cliquez sur **Employés** et repérez {principal}, avec le rôle {role}.",
            "Ces autorisations prennent fin en même temps : {grants}",
            "Cliquez sur l’icône de corbeille à droite du nom et confirmez avec **Supprimer**.",
        ],
        check: "{who} ne figure plus parmi les employés.",
    },
    remove_partner: Recipe {
        title: "Mettre fin au partenariat avec {who}",
        how: &[
            "Cliquez sur **Partenaires** et repérez {principal}. Il s’agit du partenariat dans lequel {direction}.",
            "Ces autorisations prennent fin en même temps : {grants}",
            "Cliquez sur l’icône de corbeille à droite du nom et confirmez avec **Supprimer**.",
        ],
        check: "{who} ne figure plus parmi les partenaires ({direction}).",
    },
};
