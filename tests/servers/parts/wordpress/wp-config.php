<?php
/* Settings of a WordPress for tests: its database and its address come with the environment, nothing leaves this machine. */
define('DB_HOST', '127.0.0.1:' . getenv('DATABASE_PORT'));
define('DB_NAME', 'wordpress');
define('DB_USER', 'wordpress');
define('DB_PASSWORD', 'wordpress');
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
$table_prefix = 'wp_';

define('WP_HOME', 'http://127.0.0.1:' . getenv('PORT'));
define('WP_SITEURL', WP_HOME);
define('WP_ENVIRONMENT_TYPE', 'local'); /* application passwords without TLS */
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('DISABLE_WP_CRON', true); /* what is due goes out when a test asks for /wp-cron.php */

if (!defined('ABSPATH')) {
    define('ABSPATH', __DIR__ . '/');
}
require_once ABSPATH . 'wp-settings.php';
