import { Component, type ReactNode } from 'react';

interface FallbackProps {
  readonly children: ReactNode;
}

/** When the page itself fails: a sentence and a way on, instead of a blank screen. */
export class Fallback extends Component<FallbackProps, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <div className="nothing" role="alert">
        <p>Something in this page went wrong. The archive itself is not affected.</p>
        <button type="button" onClick={() => location.reload()}>Load the page again</button>
      </div>
    );
  }
}
