//! What is known of GitHub, in its tables.

use std::collections::BTreeMap;

use lab_model::{Moment, Uid};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::reader::Connected;
use super::row::{count, integer, moment, moment_option, ms, parsed, parsed_option};
use super::writer::Writing;
use crate::{
    GithubComment, GithubConflict, GithubFact, GithubPage, GithubReader, GithubState, GithubThing,
    GithubWriter, Numbering, Order, OrderKind, StoreError, Writer,
};

impl<C: Connected> GithubReader for C {
    fn github_state(&self, repo: &Uid) -> Result<GithubState, StoreError> {
        let found = self
            .connection()
            .prepare_cached("SELECT * FROM github_states WHERE repo_uid = ?1")?
            .query_row([repo.as_str()], |row| {
                Ok(GithubState {
                    issues_since: moment_option(row, "issues_since_ms")?,
                    comments_since: moment_option(row, "comments_since_ms")?,
                    swept_at: moment_option(row, "swept_ms")?,
                    applied_at: moment_option(row, "applied_ms")?,
                })
            })
            .optional()?;
        Ok(found.unwrap_or_default())
    }

    fn github_page(&self, repo: &Uid, path: &str) -> Result<Option<GithubPage>, StoreError> {
        let sql = "SELECT etag, next FROM github_pages WHERE repo_uid = ?1 AND path = ?2";
        let mut statement = self.connection().prepare_cached(sql)?;
        let found = statement.query_row(params![repo.as_str(), path], |row| {
            Ok(GithubPage {
                etag: row.get("etag")?,
                next: row.get("next")?,
            })
        });
        Ok(found.optional()?)
    }

    fn github_things(&self, repo: &Uid) -> Result<Vec<GithubThing>, StoreError> {
        Ok(things(self.connection(), repo, None)?)
    }

    fn github_thing(
        &self,
        repo: &Uid,
        numbering: Numbering,
        number: u64,
    ) -> Result<Option<GithubThing>, StoreError> {
        Ok(things(self.connection(), repo, Some((numbering, number)))?.pop())
    }

    fn github_links(&self, repo: &Uid) -> Result<Vec<(Numbering, u64, Uid)>, StoreError> {
        let sql = "SELECT numbering, number, uid FROM github_links WHERE repo_uid = ?1 \
                   ORDER BY numbering, number";
        let mut statement = self.connection().prepare_cached(sql)?;
        let rows = statement.query_map([repo.as_str()], |row| {
            Ok((numbering(row)?, count(row, "number")?, parsed(row, "uid")?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn github_labels(&self, repo: &Uid) -> Result<BTreeMap<u64, String>, StoreError> {
        let sql = "SELECT github_id, name FROM github_labels WHERE repo_uid = ?1";
        let mut statement = self.connection().prepare_cached(sql)?;
        let rows = statement.query_map([repo.as_str()], |row| {
            Ok((count(row, "github_id")?, row.get("name")?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn github_comments(
        &self,
        repo: &Uid,
        number: Option<u64>,
    ) -> Result<Vec<GithubComment>, StoreError> {
        let sql = "SELECT * FROM github_comments WHERE repo_uid = ?1 \
                   AND (?2 IS NULL OR number = ?2) ORDER BY created_ms, comment_id";
        let mut statement = self.connection().prepare_cached(sql)?;
        let number = number.map(integer).transpose()?;
        let rows = statement.query_map(params![repo.as_str(), number], |row| {
            Ok(GithubComment {
                comment_id: count(row, "comment_id")?,
                number: count(row, "number")?,
                author: row.get("author")?,
                body: row.get("body")?,
                created_at: moment(row, "created_ms")?,
                updated_at: moment(row, "updated_ms")?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn github_outbox(&self, repo: &Uid) -> Result<Vec<Order>, StoreError> {
        let sql = "SELECT * FROM github_outbox WHERE repo_uid = ?1 ORDER BY queued_ms, order_uid";
        let mut statement = self.connection().prepare_cached(sql)?;
        let rows = statement.query_map([repo.as_str()], |row| {
            Ok(Order {
                uid: parsed(row, "order_uid")?,
                of: parsed(row, "uid")?,
                kind: word(
                    row,
                    "kind",
                    &[OrderKind::Issue, OrderKind::Comment],
                    OrderKind::as_str,
                )?,
                body: row.get("body")?,
                queued_at: moment(row, "queued_ms")?,
                sent_at: moment_option(row, "sent_ms")?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn github_conflicts(&self, repo: &Uid) -> Result<Vec<GithubConflict>, StoreError> {
        let sql = "SELECT * FROM github_conflicts WHERE repo_uid = ?1 AND settled_ms IS NULL \
                   ORDER BY conflict_seq";
        let mut statement = self.connection().prepare_cached(sql)?;
        let rows = statement.query_map([repo.as_str()], |row| {
            Ok(GithubConflict {
                uid: parsed(row, "uid")?,
                numbering: numbering(row)?,
                number: count(row, "number")?,
                field: row.get("field")?,
                base: row.get("base")?,
                local: row.get("local")?,
                remote: row.get("remote")?,
                opened_at: moment(row, "opened_ms")?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl GithubWriter for Writing<'_> {
    fn keep_github_state(&mut self, repo: &Uid, state: &GithubState) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached(
                "INSERT INTO github_states (repo_uid, issues_since_ms, comments_since_ms, swept_ms, \
                 applied_ms) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (repo_uid) DO UPDATE SET \
                 issues_since_ms = excluded.issues_since_ms, \
                 comments_since_ms = excluded.comments_since_ms, swept_ms = excluded.swept_ms, \
                 applied_ms = excluded.applied_ms",
            )?
            .execute(params![
                repo.as_str(),
                ms(state.issues_since),
                ms(state.comments_since),
                ms(state.swept_at),
                ms(state.applied_at),
            ])?;
        Ok(())
    }

    fn keep_github_page(
        &mut self,
        repo: &Uid,
        path: &str,
        page: Option<&GithubPage>,
    ) -> Result<(), StoreError> {
        let Some(page) = page else {
            self.connection()
                .prepare_cached("DELETE FROM github_pages WHERE repo_uid = ?1 AND path = ?2")?
                .execute(params![repo.as_str(), path])?;
            return Ok(());
        };
        self.connection()
            .prepare_cached(
                "INSERT INTO github_pages (repo_uid, path, etag, next) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT (repo_uid, path) DO UPDATE SET etag = excluded.etag, next = excluded.next",
            )?
            .execute(params![repo.as_str(), path, page.etag, page.next])?;
        Ok(())
    }

    fn keep_github_thing(&mut self, repo: &Uid, thing: &GithubThing) -> Result<(), StoreError> {
        Ok(keep_thing(self.connection(), repo, thing)?)
    }

    fn keep_github_labels(
        &mut self,
        repo: &Uid,
        labels: &BTreeMap<u64, String>,
    ) -> Result<(), StoreError> {
        let connection = self.connection();
        connection
            .prepare_cached("DELETE FROM github_labels WHERE repo_uid = ?1")?
            .execute([repo.as_str()])?;
        let sql = "INSERT INTO github_labels (repo_uid, github_id, name) VALUES (?1, ?2, ?3)";
        let mut insert = connection.prepare_cached(sql)?;
        for (id, name) in labels {
            insert.execute(params![repo.as_str(), integer(*id)?, name])?;
        }
        Ok(())
    }

    fn keep_github_comment(
        &mut self,
        repo: &Uid,
        comment: &GithubComment,
    ) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached(
                "INSERT INTO github_comments (repo_uid, comment_id, number, author, body, created_ms, \
                 updated_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
                 ON CONFLICT (repo_uid, comment_id) DO UPDATE SET number = excluded.number, \
                 author = excluded.author, body = excluded.body, created_ms = excluded.created_ms, \
                 updated_ms = excluded.updated_ms",
            )?
            .execute(params![
                repo.as_str(),
                integer(comment.comment_id)?,
                integer(comment.number)?,
                comment.author,
                comment.body,
                comment.created_at.ms(),
                comment.updated_at.ms(),
            ])?;
        Ok(())
    }

    fn keep_order(&mut self, repo: &Uid, order: &Order) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached(
                "INSERT INTO github_outbox (order_uid, repo_uid, uid, kind, body, queued_ms, sent_ms) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
                 ON CONFLICT (order_uid) DO UPDATE SET sent_ms = excluded.sent_ms",
            )?
            .execute(params![
                order.uid.as_str(),
                repo.as_str(),
                order.of.as_str(),
                order.kind.as_str(),
                order.body,
                order.queued_at.ms(),
                ms(order.sent_at),
            ])?;
        Ok(())
    }

    fn drop_order(&mut self, order: &Uid) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached("DELETE FROM github_outbox WHERE order_uid = ?1")?
            .execute([order.as_str()])?;
        Ok(())
    }

    fn open_github_conflict(
        &mut self,
        repo: &Uid,
        conflict: &GithubConflict,
    ) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached(
                "INSERT INTO github_conflicts (repo_uid, numbering, number, uid, field, base, local, \
                 remote, opened_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) \
                 ON CONFLICT (repo_uid, numbering, number, field) WHERE settled_ms IS NULL \
                 DO UPDATE SET base = excluded.base, local = excluded.local, remote = excluded.remote",
            )?
            .execute(params![
                repo.as_str(),
                conflict.numbering.as_str(),
                integer(conflict.number)?,
                conflict.uid.as_str(),
                conflict.field,
                conflict.base,
                conflict.local,
                conflict.remote,
                conflict.opened_at.ms(),
            ])?;
        Ok(())
    }

    fn settle_github_conflict(
        &mut self,
        repo: &Uid,
        conflict: &GithubConflict,
        how: &str,
    ) -> Result<bool, StoreError> {
        let at: Moment = self.at();
        let settled = self
            .connection()
            .prepare_cached(
                "UPDATE github_conflicts SET settled_ms = ?5, settlement = ?6 WHERE repo_uid = ?1 \
                 AND numbering = ?2 AND number = ?3 AND field = ?4 AND settled_ms IS NULL",
            )?
            .execute(params![
                repo.as_str(),
                conflict.numbering.as_str(),
                integer(conflict.number)?,
                conflict.field,
                at.ms(),
                how,
            ])?;
        Ok(settled > 0)
    }
}

fn things(
    connection: &Connection,
    repo: &Uid,
    one: Option<(Numbering, u64)>,
) -> rusqlite::Result<Vec<GithubThing>> {
    let numbering_of = one.map(|(numbering, _)| numbering.as_str());
    let number = one.map(|(_, number)| integer(number)).transpose()?;
    let own = "repo_uid = ?1 AND (?2 IS NULL OR (numbering = ?2 AND number = ?3))";
    let order = "ORDER BY numbering, number";
    let sql = format!("SELECT * FROM github_things WHERE {own} {order}");
    let mut statement = connection.prepare_cached(&sql)?;
    let of = params![repo.as_str(), numbering_of, number];
    let mut things = statement
        .query_map(of, thing)?
        .collect::<rusqlite::Result<Vec<GithubThing>>>()?;
    let places: BTreeMap<(Numbering, u64), usize> = (0..)
        .zip(&things)
        .map(|(place, thing)| ((thing.numbering, thing.number), place))
        .collect();
    let sql = format!("SELECT * FROM github_facts WHERE {own}");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(of)?;
    while let Some(row) = rows.next()? {
        let key = (numbering(row)?, count(row, "number")?);
        let Some(thing) = places.get(&key).and_then(|place| things.get_mut(*place)) else {
            continue;
        };
        let fact = fact(row)?;
        match row.get::<_, String>("side")?.as_str() {
            "remote" => thing.remote.push(fact),
            "base" => thing.base.get_or_insert_default().push(fact),
            _ => thing.refused.push(fact),
        }
    }
    Ok(things)
}

fn thing(row: &Row<'_>) -> rusqlite::Result<GithubThing> {
    let has_base: bool = row.get("has_base")?;
    Ok(GithubThing {
        numbering: numbering(row)?,
        number: count(row, "number")?,
        github_id: count(row, "github_id")?,
        is_gone: row.get("is_gone")?,
        marker: parsed_option(row, "marker")?,
        author: row.get("author")?,
        created_at: moment_option(row, "created_ms")?,
        closed_at: moment_option(row, "closed_ms")?,
        seen_at: moment(row, "seen_ms")?,
        remote: Vec::new(),
        base: has_base.then(Vec::new),
        refused: Vec::new(),
    })
}

fn fact(row: &Row<'_>) -> rusqlite::Result<GithubFact> {
    let field = row.get("field")?;
    Ok(match row.get::<_, Option<String>>("text")? {
        Some(text) => GithubFact::Text { field, text },
        None => GithubFact::Member {
            field,
            member: row.get("member")?,
        },
    })
}

fn keep_thing(connection: &Connection, repo: &Uid, thing: &GithubThing) -> rusqlite::Result<()> {
    let (numbering, number) = (thing.numbering.as_str(), integer(thing.number)?);
    connection
        .prepare_cached(
            "INSERT INTO github_things (repo_uid, numbering, number, github_id, is_gone, has_base, \
             marker, author, created_ms, closed_ms, seen_ms) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) \
             ON CONFLICT (repo_uid, numbering, number) DO UPDATE SET github_id = excluded.github_id, \
             is_gone = excluded.is_gone, has_base = excluded.has_base, marker = excluded.marker, \
             author = excluded.author, created_ms = excluded.created_ms, \
             closed_ms = excluded.closed_ms, seen_ms = excluded.seen_ms",
        )?
        .execute(params![
            repo.as_str(),
            numbering,
            number,
            integer(thing.github_id)?,
            thing.is_gone,
            thing.base.is_some(),
            thing.marker.as_ref().map(Uid::as_str),
            thing.author,
            ms(thing.created_at),
            ms(thing.closed_at),
            thing.seen_at.ms(),
        ])?;
    connection
        .prepare_cached(
            "DELETE FROM github_facts WHERE repo_uid = ?1 AND numbering = ?2 AND number = ?3",
        )?
        .execute(params![repo.as_str(), numbering, number])?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO github_facts (repo_uid, numbering, number, side, field, member, text) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let none = Vec::new();
    let sides = [
        ("remote", &thing.remote),
        ("base", thing.base.as_ref().unwrap_or(&none)),
        ("refused", &thing.refused),
    ];
    for (side, facts) in sides {
        for fact in facts {
            let (field, member, text) = match fact {
                GithubFact::Text { field, text } => (field, "", Some(text)),
                GithubFact::Member { field, member } => (field, member.as_str(), None),
            };
            let repo = repo.as_str();
            insert.execute(params![repo, numbering, number, side, field, member, text])?;
        }
    }
    Ok(())
}

fn numbering(row: &Row<'_>) -> rusqlite::Result<Numbering> {
    let all = [Numbering::Issue, Numbering::Milestone];
    word(row, "numbering", &all, Numbering::as_str)
}

/// A column that holds one of a few words.
fn word<T: Copy>(
    row: &Row<'_>,
    column: &str,
    all: &[T],
    name: impl Fn(T) -> &'static str,
) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    let found = all.iter().copied().find(|one| name(*one) == text);
    found.ok_or_else(|| {
        rusqlite::Error::FromSqlConversionFailure(
            0,
            Type::Text,
            format!("no {column}: {text}").into(),
        )
    })
}
