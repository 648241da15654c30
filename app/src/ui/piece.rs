//! Views without their type, which every component returns.
//!
//! In the browser this replaces Leptos' own `AnyView`, which carries the code of every
//! view twice more, for hydrating asynchronously; no page here does, and it was a fifth of
//! the page's module. On the server it is `AnyView`.

#[cfg(feature = "hydrate")]
pub use browser::Piece;
#[cfg(not(feature = "hydrate"))]
pub use leptos::prelude::AnyView as Piece;
use leptos::prelude::IntoView;

/// Forgets the type of a view.
pub trait IntoPiece {
    /// The same view without its type.
    fn into_piece(self) -> Piece;

    /// The same for a view that the server never renders, such as what only the signed-in
    /// see: without the code to hydrate it.
    fn into_late_piece(self) -> Piece;
}

#[cfg(not(feature = "hydrate"))]
impl<T: IntoView> IntoPiece for T {
    fn into_piece(self) -> Piece {
        leptos::prelude::IntoAny::into_any(self)
    }

    fn into_late_piece(self) -> Piece {
        self.into_piece()
    }
}

#[cfg(feature = "hydrate")]
impl<T: IntoView + 'static> IntoPiece for T {
    fn into_piece(self) -> Piece {
        Piece::hydrated(self)
    }

    fn into_late_piece(self) -> Piece {
        Piece::late(self)
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::any::{Any, TypeId};

    use leptos::prelude::IntoView;
    use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
    use leptos::tachys::hydration::Cursor;
    use leptos::tachys::no_attrs;
    use leptos::tachys::renderer::Rndr;
    use leptos::tachys::renderer::types::{Element, Node, Placeholder};
    use leptos::tachys::view::{Mountable, Position, PositionState, Render, RenderHtml};

    /// A view without its type.
    pub struct Piece(Box<dyn Whole>);

    /// A view in the document.
    pub struct PieceState {
        /// Type of the view.
        kind: TypeId,
        state: Box<dyn Placed>,
        /// Marks the place of a view without elements.
        placeholder: Option<Placeholder>,
    }

    impl std::fmt::Debug for Piece {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("Piece")
        }
    }

    impl std::fmt::Debug for PieceState {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("PieceState")
        }
    }

    trait Whole: Send {
        fn kind(&self) -> TypeId;
        fn build(self: Box<Self>) -> PieceState;
        fn rebuild(self: Box<Self>, state: &mut PieceState);
        fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> PieceState;
    }

    trait Placed: Mountable {
        fn as_any(&mut self) -> &mut dyn Any;
    }

    impl<S: Mountable + 'static> Placed for S {
        fn as_any(&mut self) -> &mut dyn Any {
            self
        }
    }

    struct Hydrated<T>(T);
    struct Late<T>(T);

    impl Piece {
        pub(super) fn hydrated<T: IntoView + 'static>(view: T) -> Self {
            Self(Box::new(Hydrated(view)))
        }

        pub(super) fn late<T: IntoView + 'static>(view: T) -> Self {
            Self(Box::new(Late(view)))
        }
    }

    fn placed<T: RenderHtml + 'static>(
        state: T::State,
        placeholder: impl FnOnce() -> Placeholder,
    ) -> PieceState {
        PieceState {
            kind: TypeId::of::<T>(),
            state: Box::new(state),
            placeholder: (!T::EXISTS).then(placeholder),
        }
    }

    fn rebuilt<T: RenderHtml + 'static>(view: T, state: &mut PieceState) {
        // The kinds are the same, so this is its state.
        if let Some(state) = (*state.state).as_any().downcast_mut::<T::State>() {
            view.rebuild(state);
        }
    }

    impl<T: IntoView + 'static> Whole for Hydrated<T> {
        fn kind(&self) -> TypeId {
            TypeId::of::<T>()
        }

        fn build(self: Box<Self>) -> PieceState {
            placed::<T>(self.0.build(), Rndr::create_placeholder)
        }

        fn rebuild(self: Box<Self>, state: &mut PieceState) {
            rebuilt(self.0, state);
        }

        fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> PieceState {
            let state = self.0.hydrate::<true>(cursor, position);
            placed::<T>(state, || cursor.next_placeholder(position))
        }
    }

    impl<T: IntoView + 'static> Whole for Late<T> {
        fn kind(&self) -> TypeId {
            TypeId::of::<T>()
        }

        fn build(self: Box<Self>) -> PieceState {
            placed::<T>(self.0.build(), Rndr::create_placeholder)
        }

        fn rebuild(self: Box<Self>, state: &mut PieceState) {
            rebuilt(self.0, state);
        }

        /// The server has not rendered it, so this does not happen.
        fn hydrate(self: Box<Self>, _: &Cursor, _: &PositionState) -> PieceState {
            self.build()
        }
    }

    impl Render for Piece {
        type State = PieceState;

        fn build(self) -> PieceState {
            self.0.build()
        }

        fn rebuild(self, state: &mut PieceState) {
            if self.0.kind() == state.kind {
                self.0.rebuild(state);
                return;
            }
            let mut new = self.0.build();
            match &mut state.placeholder {
                Some(placeholder) => placeholder.insert_before_this(&mut new),
                None => state.insert_before_this(&mut new),
            };
            state.unmount();
            *state = new;
        }
    }

    no_attrs!(Piece);

    impl RenderHtml for Piece {
        type AsyncOutput = Self;
        type Owned = Self;

        const MIN_LENGTH: usize = 0;

        fn dry_resolve(&mut self) {}

        async fn resolve(self) -> Self {
            self
        }

        /// A browser writes no HTML.
        fn to_html_with_buf(
            self,
            _: &mut String,
            _: &mut Position,
            _: bool,
            _: bool,
            _: Vec<AnyAttribute>,
        ) {
        }

        fn hydrate<const FROM_SERVER: bool>(
            self,
            cursor: &Cursor,
            position: &PositionState,
        ) -> PieceState {
            self.0.hydrate(cursor, position)
        }

        fn into_owned(self) -> Self {
            self
        }
    }

    impl Mountable for PieceState {
        fn unmount(&mut self) {
            self.state.unmount();
            if let Some(placeholder) = &mut self.placeholder {
                placeholder.unmount();
            }
        }

        fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
            self.state.mount(parent, marker);
            if let Some(placeholder) = &mut self.placeholder {
                placeholder.mount(parent, marker);
            }
        }

        fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
            match &self.placeholder {
                Some(placeholder) => placeholder.insert_before_this(child),
                None => self.state.insert_before_this(child),
            }
        }

        fn elements(&self) -> Vec<Element> {
            self.state.elements()
        }
    }
}
