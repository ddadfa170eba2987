//! The way of an idea: refined question by question, then ready, then converted.

use crate::steps::Override;
use crate::{Idea, IdeaStatus, Line, Uid};

/// Why an idea does not go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdeaStepError {
    /// It has become something already, or was put away.
    #[error("it is {status}")]
    Status {
        /// How far it has come.
        status: IdeaStatus,
    },
    /// Questions are open: their texts.
    #[error("{} open: {}", if .0.len() == 1 { "1 question is".to_owned() } else { format!("{} questions are", .0.len()) }, .0.join("; "))]
    OpenQuestions(Vec<String>),
}

/// Thinks it through: new questions come to the end, answered ones go into the notes.
pub fn refine(
    mut idea: Idea,
    questions: Vec<Line>,
    answers: &[(Uid, String)],
) -> Result<Idea, IdeaStepError> {
    check_open(&idea)?;
    for (question, answer) in answers {
        let Some(place) = idea
            .open_questions
            .iter()
            .position(|it| it.uid == *question)
        else {
            continue;
        };
        let question = idea.open_questions.remove(place).text;
        let before = idea.notes.take().map(|notes| notes + "\n");
        idea.notes = Some(format!(
            "{}{question}\n→ {answer}",
            before.unwrap_or_default()
        ));
    }
    idea.open_questions.extend(questions);
    idea.status = IdeaStatus::Refining;
    Ok(idea)
}

/// Says that it could become work as it is; open questions keep it from that, unless overridden.
pub fn ready(mut idea: Idea, force: Option<&Override>) -> Result<Idea, IdeaStepError> {
    check_open(&idea)?;
    check_answered(&idea, force)?;
    idea.status = IdeaStatus::Ready;
    Ok(idea)
}

/// Becomes a project; open questions keep it from that, unless overridden.
pub fn convert(
    mut idea: Idea,
    project: Uid,
    force: Option<&Override>,
) -> Result<Idea, IdeaStepError> {
    check_open(&idea)?;
    check_answered(&idea, force)?;
    idea.status = IdeaStatus::Converted;
    idea.related_project = Some(project);
    Ok(idea)
}

fn check_open(idea: &Idea) -> Result<(), IdeaStepError> {
    if idea.status.is_open() {
        Ok(())
    } else {
        Err(IdeaStepError::Status {
            status: idea.status,
        })
    }
}

fn check_answered(idea: &Idea, force: Option<&Override>) -> Result<(), IdeaStepError> {
    if force.is_some() || idea.open_questions.is_empty() {
        return Ok(());
    }
    let open = idea.open_questions.iter().map(|line| line.text.clone());
    Err(IdeaStepError::OpenQuestions(open.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Head, Moment};

    fn idea(status: IdeaStatus, questions: &[&str]) -> Idea {
        let at = Moment::from_ms(0).expect("in range");
        let label = "IDEA-001".parse().expect("a label");
        let head = Head::new(Uid::from_parts(1, [0; 10]), label, at);
        let line = |(number, text): (u64, &&str)| Line {
            uid: Uid::from_parts(number, [0; 10]),
            text: (*text).to_owned(),
        };
        Idea {
            status,
            open_questions: (10..).zip(questions).map(line).collect(),
            ..Idea::new(head, "t".to_owned())
        }
    }

    #[test]
    fn answers_go_into_the_notes_and_questions_come_to_the_end() {
        let before = idea(IdeaStatus::Backlog, &["Which?", "When?"]);
        let new = idea(IdeaStatus::Backlog, &["", "", "Who?"])
            .open_questions
            .split_off(2);
        let answer = (before.open_questions[0].uid.clone(), "That one".to_owned());
        let after = refine(before, new, &[answer]).expect("may be refined");
        let open: Vec<&str> = after
            .open_questions
            .iter()
            .map(|it| it.text.as_str())
            .collect();
        assert_eq!(open, ["When?", "Who?"]);
        assert_eq!(after.notes.as_deref(), Some("Which?\n→ That one"));
        assert_eq!(after.status, IdeaStatus::Refining);
    }

    #[test]
    fn open_questions_and_a_settled_idea_go_no_further() {
        let asked = || idea(IdeaStatus::Refining, &["Which?"]);
        let open = IdeaStepError::OpenQuestions(vec!["Which?".to_owned()]);
        assert_eq!(ready(asked(), None), Err(open.clone()));
        let project = Uid::from_parts(9, [0; 10]);
        assert_eq!(convert(asked(), project.clone(), None), Err(open));
        let force = Override::because("it will show").expect("a reason");
        let converted = convert(asked(), project.clone(), Some(&force)).expect("overridden");
        assert_eq!(
            (converted.status, converted.related_project.clone()),
            (IdeaStatus::Converted, Some(project.clone()))
        );
        let status = IdeaStatus::Converted;
        assert_eq!(
            convert(converted, project, None),
            Err(IdeaStepError::Status { status })
        );
    }
}
