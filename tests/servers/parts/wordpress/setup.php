<?php
/* Installs the site and a user of each role; run once in the site's folder. Prints JSON: login => application password. */
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = '127.0.0.1';
$_SERVER['REQUEST_METHOD'] = 'GET';
require getcwd() . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';

wp_install('瓦版', 'administrator', 'administrator@example.com', true, '', wp_generate_password());
update_option('permalink_structure', '/%postname%/');
update_option('timezone_string', 'Asia/Tokyo');

$passwords = [];
foreach (['administrator', 'editor', 'author', 'contributor'] as $role) {
    $user = get_user_by('login', $role);
    $id = $user ? $user->ID : wp_insert_user([
        'user_login' => $role,
        'user_pass' => wp_generate_password(),
        'user_email' => "$role@example.com",
        'role' => $role,
    ]);
    $passwords[$role] = WP_Application_Passwords::create_new_application_password($id, ['name' => 'kawaraban'])[0];
}
echo json_encode($passwords);
