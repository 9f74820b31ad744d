import { createRoot } from 'react-dom/client';
import { App } from './App';
import { Fallback } from './page/Fallback';
import './styles/base.css';
import './styles/frame.css';
import './styles/list.css';
import './styles/study.css';
import './styles/quicklook.css';
import './styles/upload.css';
import './styles/desk.css';

createRoot(document.getElementById('root')!).render(<Fallback><App /></Fallback>);
