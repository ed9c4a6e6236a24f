// The portal's look. Its pages work without any script.
import '../css/portal.css';
import '../css/portal-pages.css';
