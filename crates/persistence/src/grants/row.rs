//! Rows of codes, grants and refresh tokens.

use crate::StoreError;
use crate::column::{from_json, from_json_or_null, id, json, json_or_null, time};
use crate::entity::{code_grants, grants, refresh_tokens};
use domain::{Digest, Epoch, RealmId};
use downstream::{CodeGrant, Grant, RefreshToken};
use sea_orm::ActiveValue::Set;

const CODES: &str = "code_grants";
const GRANTS: &str = "grants";
const REFRESH_TOKENS: &str = "refresh_tokens";

pub(super) fn code_row(realm: &RealmId, code: &CodeGrant) -> Result<code_grants::ActiveModel, StoreError> {
    Ok(code_grants::ActiveModel {
        realm: Set(realm.to_string()),
        digest: Set(code.digest.as_str().to_owned()),
        client: Set(code.client.to_string()),
        redirect_uri: Set(code.redirect_uri.clone()),
        redirect_uri_was_given: Set(code.redirect_uri_was_given),
        user_id: Set(code.user.to_string()),
        subject: Set(code.subject.to_string()),
        epoch: Set(code.epoch.0),
        scopes: Set(json(CODES, &code.scopes)?),
        nonce: Set(code.nonce.clone()),
        code_challenge: Set(code.code_challenge.clone()),
        auth_time: Set(code.auth_time.as_millis()),
        methods: Set(json(CODES, &code.methods)?),
        identity: Set(json_or_null(CODES, code.identity.as_ref())?),
        browser_session: Set(code.browser_session.as_ref().map(|digest| digest.as_str().to_owned())),
        issued_at: Set(code.issued_at.as_millis()),
        expires_at: Set(code.expires_at.as_millis()),
    })
}

pub(super) fn to_code(row: code_grants::Model) -> Result<CodeGrant, StoreError> {
    Ok(CodeGrant {
        digest: Digest::from_stored(row.digest),
        client: id(CODES, row.client)?,
        redirect_uri: row.redirect_uri,
        redirect_uri_was_given: row.redirect_uri_was_given,
        user: id(CODES, row.user_id)?,
        subject: id(CODES, row.subject)?,
        epoch: Epoch(row.epoch),
        scopes: from_json(CODES, &row.scopes)?,
        nonce: row.nonce,
        code_challenge: row.code_challenge,
        auth_time: time(row.auth_time),
        methods: from_json(CODES, &row.methods)?,
        identity: from_json_or_null(CODES, row.identity.as_deref())?,
        browser_session: row.browser_session.map(Digest::from_stored),
        issued_at: time(row.issued_at),
        expires_at: time(row.expires_at),
    })
}

pub(super) fn grant_row(realm: &RealmId, grant: &Grant) -> Result<grants::ActiveModel, StoreError> {
    Ok(grants::ActiveModel {
        realm: Set(realm.to_string()),
        id: Set(grant.id.to_string()),
        client: Set(grant.client.to_string()),
        user_id: Set(grant.user.to_string()),
        subject: Set(grant.subject.to_string()),
        scopes: Set(json(GRANTS, &grant.scopes)?),
        epoch: Set(grant.epoch.0),
        auth_time: Set(grant.auth_time.as_millis()),
        methods: Set(json(GRANTS, &grant.methods)?),
        identity: Set(json_or_null(GRANTS, grant.identity.as_ref())?),
        browser_session: Set(grant.browser_session.as_ref().map(|digest| digest.as_str().to_owned())),
        generation: Set(grant.generation),
        created_at: Set(grant.created_at.as_millis()),
        expires_at: Set(grant.expires_at.as_millis()),
        revoked_at: Set(grant.revoked_at.map(domain::Timestamp::as_millis)),
    })
}

pub(super) fn to_grant(row: grants::Model) -> Result<Grant, StoreError> {
    Ok(Grant {
        id: id(GRANTS, row.id)?,
        user: id(GRANTS, row.user_id)?,
        subject: id(GRANTS, row.subject)?,
        client: id(GRANTS, row.client)?,
        scopes: from_json(GRANTS, &row.scopes)?,
        epoch: Epoch(row.epoch),
        auth_time: time(row.auth_time),
        methods: from_json(GRANTS, &row.methods)?,
        identity: from_json_or_null(GRANTS, row.identity.as_deref())?,
        browser_session: row.browser_session.map(Digest::from_stored),
        generation: row.generation,
        created_at: time(row.created_at),
        expires_at: time(row.expires_at),
        revoked_at: row.revoked_at.map(time),
    })
}

pub(super) fn refresh_row(realm: &RealmId, token: &RefreshToken) -> refresh_tokens::ActiveModel {
    refresh_tokens::ActiveModel {
        realm: Set(realm.to_string()),
        digest: Set(token.digest.as_str().to_owned()),
        grant_id: Set(token.grant.to_string()),
        generation: Set(token.generation),
        expires_at: Set(token.expires_at.as_millis()),
    }
}

pub(super) fn to_refresh_token(row: refresh_tokens::Model) -> Result<RefreshToken, StoreError> {
    Ok(RefreshToken {
        digest: Digest::from_stored(row.digest),
        grant: id(REFRESH_TOKENS, row.grant_id)?,
        generation: row.generation,
        expires_at: time(row.expires_at),
    })
}
