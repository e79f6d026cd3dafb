/*M!999999\- enable the sandbox mode */ 
-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)
--
-- Host: localhost    Database: iam
-- ------------------------------------------------------
-- Server version	10.11.19-MariaDB-0+deb12u1

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;
/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;
/*!40101 SET NAMES utf8mb4 */;
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;

--
-- Table structure for table `access_token`
--

DROP TABLE IF EXISTS `access_token`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `access_token` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `token_value` varchar(4096) DEFAULT NULL,
  `expiration` timestamp NULL DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=2 DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `access_token`
--

LOCK TABLES `access_token` WRITE;
/*!40000 ALTER TABLE `access_token` DISABLE KEYS */;
INSERT INTO `access_token` VALUES
(1,'eyJhbGciOiJSUzI1NiJ9.not.real','2024-03-01 12:57:22');
/*!40000 ALTER TABLE `access_token` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `client_details`
--

DROP TABLE IF EXISTS `client_details`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `client_details` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `client_description` varchar(1024) DEFAULT NULL,
  `reuse_refresh_tokens` tinyint(1) NOT NULL DEFAULT 1,
  `dynamically_registered` tinyint(1) NOT NULL DEFAULT 0,
  `allow_introspection` tinyint(1) NOT NULL DEFAULT 0,
  `id_token_validity_seconds` bigint(20) NOT NULL DEFAULT 600,
  `client_id` varchar(256) DEFAULT NULL,
  `client_secret` text DEFAULT NULL,
  `access_token_validity_seconds` bigint(20) DEFAULT NULL,
  `refresh_token_validity_seconds` bigint(20) DEFAULT NULL,
  `application_type` varchar(256) DEFAULT NULL,
  `client_name` varchar(256) DEFAULT NULL,
  `token_endpoint_auth_method` varchar(256) DEFAULT NULL,
  `subject_type` varchar(256) DEFAULT NULL,
  `jwks_uri` text DEFAULT NULL,
  `jwks` text DEFAULT NULL,
  `created_at` timestamp NULL DEFAULT NULL,
  `device_code_validity_seconds` bigint(20) DEFAULT NULL,
  `active` tinyint(1) NOT NULL DEFAULT 1,
  `status_changed_on` timestamp NULL DEFAULT NULL,
  `client_secret_hash` varchar(64) GENERATED ALWAYS AS (sha2(concat(`client_secret`),256)) STORED,
  PRIMARY KEY (`id`),
  UNIQUE KEY `client_id` (`client_id`)
) ENGINE=InnoDB AUTO_INCREMENT=6 DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `client_details`
--

LOCK TABLES `client_details` WRITE;
/*!40000 ALTER TABLE `client_details` DISABLE KEYS */;
INSERT INTO `client_details` VALUES
(1,NULL,0,0,1,600,'3a5e6c80-portal','portal-secret',3600,2592000,NULL,'Portal','SECRET_BASIC',NULL,NULL,NULL,NULL,NULL,1,NULL,'9792ab9d5299bb82a4b403da1bfa99def25e8884e678dd67281da34aedf5e881'),
(2,NULL,1,0,1,600,'rucio','rucio-secret',14400,NULL,NULL,'Rucio','SECRET_POST',NULL,NULL,NULL,NULL,NULL,1,NULL,'39374fc39652cb7e87858f20fe154ead0b04e0dadd41cd96ec9c0f4f9d5d2295'),
(3,NULL,1,1,0,600,'cli-dyn',NULL,3600,0,NULL,'A command line','NONE',NULL,NULL,NULL,NULL,NULL,1,NULL,NULL),
(4,NULL,1,0,0,600,'old-one','old-secret',600,NULL,NULL,'Old one','SECRET_JWT',NULL,NULL,NULL,NULL,NULL,0,NULL,'5d865deae06fbd34fe9ce848f3e5fc4368f2f612b18aef47f29f2164563a0140'),
(5,NULL,1,0,0,600,'keyed',NULL,3600,NULL,NULL,'With a key','PRIVATE_KEY',NULL,NULL,'{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"k1\",\"use\":\"sig\",\"alg\":\"ES256\",\"x\":\"cRQfredL6MFteSjrd0vpaEDXyG8VXj_idUB_KmKDDRk\",\"y\":\"9jMGKrep7sYC6X7_1Ufz6kYcF-WwhSY8TDVrRih_NBc\"}]}',NULL,NULL,1,NULL,NULL);
/*!40000 ALTER TABLE `client_details` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `client_grant_type`
--

DROP TABLE IF EXISTS `client_grant_type`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `client_grant_type` (
  `owner_id` bigint(20) DEFAULT NULL,
  `grant_type` varchar(2000) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `client_grant_type`
--

LOCK TABLES `client_grant_type` WRITE;
/*!40000 ALTER TABLE `client_grant_type` DISABLE KEYS */;
INSERT INTO `client_grant_type` VALUES
(1,'authorization_code'),
(1,'refresh_token'),
(1,'implicit'),
(2,'client_credentials'),
(2,'urn:ietf:params:oauth:grant-type:token-exchange'),
(3,'urn:ietf:params:oauth:grant-type:device_code'),
(3,'refresh_token'),
(4,'authorization_code'),
(4,'password'),
(5,'client_credentials');
/*!40000 ALTER TABLE `client_grant_type` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `client_post_logout_redirect_uri`
--

DROP TABLE IF EXISTS `client_post_logout_redirect_uri`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `client_post_logout_redirect_uri` (
  `owner_id` bigint(20) DEFAULT NULL,
  `post_logout_redirect_uri` varchar(2000) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `client_post_logout_redirect_uri`
--

LOCK TABLES `client_post_logout_redirect_uri` WRITE;
/*!40000 ALTER TABLE `client_post_logout_redirect_uri` DISABLE KEYS */;
/*!40000 ALTER TABLE `client_post_logout_redirect_uri` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `client_redirect_uri`
--

DROP TABLE IF EXISTS `client_redirect_uri`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `client_redirect_uri` (
  `owner_id` bigint(20) DEFAULT NULL,
  `redirect_uri` varchar(2048) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `client_redirect_uri`
--

LOCK TABLES `client_redirect_uri` WRITE;
/*!40000 ALTER TABLE `client_redirect_uri` DISABLE KEYS */;
INSERT INTO `client_redirect_uri` VALUES
(1,'https://portal.example.org/callback'),
(4,'https://old.example.org/callback');
/*!40000 ALTER TABLE `client_redirect_uri` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `client_scope`
--

DROP TABLE IF EXISTS `client_scope`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `client_scope` (
  `owner_id` bigint(20) DEFAULT NULL,
  `scope` varchar(2048) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `client_scope`
--

LOCK TABLES `client_scope` WRITE;
/*!40000 ALTER TABLE `client_scope` DISABLE KEYS */;
INSERT INTO `client_scope` VALUES
(1,'openid'),
(1,'profile'),
(1,'offline_access'),
(1,'storage.read:/'),
(1,'read-tasks'),
(2,'storage.read:/'),
(2,'storage.modify:/'),
(2,'scim:read'),
(3,'openid'),
(3,'offline_access'),
(3,'wlcg.groups'),
(4,'openid'),
(5,'storage.read:/cta');
/*!40000 ALTER TABLE `client_scope` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `iam_account`
--

DROP TABLE IF EXISTS `iam_account`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `iam_account` (
  `ID` bigint(20) NOT NULL AUTO_INCREMENT,
  `active` tinyint(1) NOT NULL DEFAULT 0,
  `CREATIONTIME` datetime NOT NULL,
  `LASTUPDATETIME` datetime NOT NULL,
  `PASSWORD` varchar(128) DEFAULT NULL,
  `USERNAME` varchar(128) NOT NULL,
  `UUID` varchar(36) NOT NULL,
  `user_info_id` bigint(20) DEFAULT NULL,
  `confirmation_key` varchar(36) DEFAULT NULL,
  `reset_key` varchar(36) DEFAULT NULL,
  `provisioned` tinyint(1) NOT NULL DEFAULT 0,
  `last_login_time` datetime DEFAULT NULL,
  `end_time` datetime DEFAULT NULL,
  `service_account` tinyint(1) DEFAULT 0,
  PRIMARY KEY (`ID`),
  UNIQUE KEY `USERNAME` (`USERNAME`),
  UNIQUE KEY `UUID` (`UUID`)
) ENGINE=InnoDB AUTO_INCREMENT=6 DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `iam_account`
--

LOCK TABLES `iam_account` WRITE;
/*!40000 ALTER TABLE `iam_account` DISABLE KEYS */;
INSERT INTO `iam_account` VALUES
(1,1,'2024-03-01 11:57:08','2024-03-01 11:57:08',NULL,'iamadmin','73f16d93-2441-4a50-88ff-000000000001',1,NULL,NULL,0,NULL,NULL,0),
(2,1,'2024-03-01 11:57:22','2024-03-01 12:01:02','$2b$10$AwVNc50xMAEVQu0z0sQUJuqPrtg39I/xB5jp74JNcCj4cZbOltexa','alice','80e5fb8d-b7c8-451a-89ba-000000000002',2,NULL,NULL,0,'2025-01-01 00:00:00','2030-01-01 00:00:00',0),
(3,1,'2024-03-01 11:57:22','2024-03-01 11:57:22',NULL,'bob','bffc67b7-47fe-410c-a6a0-000000000003',3,NULL,NULL,0,NULL,NULL,0),
(4,1,'2024-03-01 11:57:22','2024-03-01 11:57:22',NULL,'robot','0a6fa72a-fb75-4a6c-9734-000000000004',4,NULL,NULL,0,NULL,NULL,1),
(5,0,'2024-03-01 11:57:22','2024-03-01 11:57:22',NULL,'gina','d836e5ec-246c-456c-8476-000000000005',5,NULL,NULL,0,NULL,NULL,0);
/*!40000 ALTER TABLE `iam_account` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `iam_account_authority`
--

DROP TABLE IF EXISTS `iam_account_authority`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `iam_account_authority` (
  `account_id` bigint(20) NOT NULL,
  `authority_id` bigint(20) NOT NULL,
  PRIMARY KEY (`account_id`,`authority_id`)
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `iam_account_authority`
--

LOCK TABLES `iam_account_authority` WRITE;
/*!40000 ALTER TABLE `iam_account_authority` DISABLE KEYS */;
INSERT INTO `iam_account_authority` VALUES
(1,1),
(1,2),
(2,2),
(2,4),
(3,2),
(3,3);
/*!40000 ALTER TABLE `iam_account_authority` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `iam_account_client`
--

DROP TABLE IF EXISTS `iam_account_client`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `iam_account_client` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `creation_time` datetime NOT NULL,
  `account_id` bigint(20) NOT NULL,
  `client_id` bigint(20) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=2 DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `iam_account_client`
--

LOCK TABLES `iam_account_client` WRITE;
/*!40000 ALTER TABLE `iam_account_client` DISABLE KEYS */;
INSERT INTO `iam_account_client` VALUES
(1,'2024-03-01 11:57:22',2,1);
/*!40000 ALTER TABLE `iam_account_client` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `iam_account_group`
--

DROP TABLE IF EXISTS `iam_account_group`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `iam_account_group` (
  `account_id` bigint(20) NOT NULL,
  `group_id` bigint(20) NOT NULL,
  `creation_time` datetime DEFAULT NULL,
  `end_time` datetime DEFAULT NULL,
  PRIMARY KEY (`account_id`,`group_id`)
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `iam_account_group`
--

LOCK TABLES `iam_account_group` WRITE;
/*!40000 ALTER TABLE `iam_account_group` DISABLE KEYS */;
INSERT INTO `iam_account_group` VALUES
(1,1,'2024-03-01 11:57:22',NULL),
(2,1,'2024-03-01 11:57:22',NULL),
(2,3,'2024-03-01 11:57:22','2027-06-30 00:00:00'),
(3,1,'2024-03-01 11:57:22',NULL),
(4,1,'2024-03-01 11:57:22',NULL);
/*!40000 ALTER TABLE `iam_account_group` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `iam_account_labels`
--

DROP TABLE IF EXISTS `iam_account_labels`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `iam_account_labels` (
  `NAME` varchar(64) NOT NULL,
  `PREFIX` varchar(256) DEFAULT NULL,
  `val` varchar(64) DEFAULT NULL,
  `account_id` bigint(20) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `iam_account_labels`
--

LOCK TABLES `iam_account_labels` WRITE;
/*!40000 ALTER TABLE `iam_account_labels` DISABLE KEYS */;
INSERT INTO `iam_account_labels` VALUES
('cern-person-id','hr.cern','988211',2),
('vip',NULL,NULL,3);
/*!40000 ALTER TABLE `iam_account_labels` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `iam_authority`
--

DROP TABLE IF EXISTS `iam_authority`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `iam_authority` (
  `ID` bigint(20) NOT NULL AUTO_INCREMENT,
  `AUTH` varchar(128) NOT NULL,
  PRIMARY KEY (`ID`)
) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `iam_authority`
--

LOCK TABLES `iam_authority` WRITE;
/*!40000 ALTER TABLE `iam_authority` DISABLE KEYS */;
INSERT INTO `iam_authority` VALUES
(1,'ROLE_ADMIN'),
(2,'ROLE_USER'),
(3,'ROLE_READER'),
(4,'ROLE_GM:c617d586-54e6-411d-8e38-000000000002');
/*!40000 ALTER TABLE `iam_authority` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `iam_exchange_policy`
--

DROP TABLE IF EXISTS `iam_exchange_policy`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `iam_exchange_policy` (
  `ID` bigint(20) NOT NULL AUTO_INCREMENT,
  `creation_time` datetime NOT NULL,
  `description` varchar(512) DEFAULT NULL,
  `last_update_time` datetime NOT NULL,
  `rule` varchar(6) NOT NULL,
  `dest_m_param` varchar(256) DEFAULT NULL,
  `dest_m_type` varchar(8) NOT NULL,
  `origin_m_param` varchar(256) DEFAULT NULL,
  `origin_m_type` varchar(8) NOT NULL,
  PRIMARY KEY (`ID`)
) ENGINE=InnoDB AUTO_INCREMENT=2 DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `iam_exchange_policy`
--

LOCK TABLES `iam_exchange_policy` WRITE;
/*!40000 ALTER TABLE `iam_exchange_policy` DISABLE KEYS */;
INSERT INTO `iam_exchange_policy` VALUES
(1,'2024-03-01 11:57:16','Allow all exchanges','2024-03-01 11:57:16','PERMIT',NULL,'ANY',NULL,'ANY');
/*!40000 ALTER TABLE `iam_exchange_policy` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `iam_group`
--

DROP TABLE IF EXISTS `iam_group`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `iam_group` (
  `ID` bigint(20) NOT NULL AUTO_INCREMENT,
  `CREATIONTIME` datetime NOT NULL,
  `DESCRIPTION` varchar(512) DEFAULT NULL,
  `LASTUPDATETIME` datetime NOT NULL,
  `name` varchar(512) NOT NULL,
  `UUID` varchar(36) NOT NULL,
  `parent_group_id` bigint(20) DEFAULT NULL,
  `default_group` tinyint(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (`ID`),
  UNIQUE KEY `NAME` (`name`),
  UNIQUE KEY `UUID` (`UUID`)
) ENGINE=InnoDB AUTO_INCREMENT=4 DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `iam_group`
--

LOCK TABLES `iam_group` WRITE;
/*!40000 ALTER TABLE `iam_group` DISABLE KEYS */;
INSERT INTO `iam_group` VALUES
(1,'2024-03-01 11:57:22','All members','2024-03-01 11:57:22','escape','c617d586-54e6-411d-8e38-000000000001',NULL,1),
(2,'2024-03-01 11:57:22',NULL,'2024-03-01 11:57:22','escape/cta','c617d586-54e6-411d-8e38-000000000002',1,0),
(3,'2024-03-01 11:57:22','Proposal 17','2024-03-01 11:57:22','escape/cta/p17','6a384bcd-d4b3-4b7f-a2fe-000000000003',2,0);
/*!40000 ALTER TABLE `iam_group` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `iam_group_labels`
--

DROP TABLE IF EXISTS `iam_group_labels`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `iam_group_labels` (
  `NAME` varchar(64) NOT NULL,
  `PREFIX` varchar(256) DEFAULT NULL,
  `val` varchar(64) DEFAULT NULL,
  `group_id` bigint(20) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `iam_group_labels`
--

LOCK TABLES `iam_group_labels` WRITE;
/*!40000 ALTER TABLE `iam_group_labels` DISABLE KEYS */;
INSERT INTO `iam_group_labels` VALUES
('wlcg.optional-group',NULL,NULL,3);
/*!40000 ALTER TABLE `iam_group_labels` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `iam_oidc_id`
--

DROP TABLE IF EXISTS `iam_oidc_id`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `iam_oidc_id` (
  `ID` bigint(20) NOT NULL AUTO_INCREMENT,
  `ISSUER` varchar(256) NOT NULL,
  `SUBJECT` varchar(256) NOT NULL,
  `account_id` bigint(20) DEFAULT NULL,
  PRIMARY KEY (`ID`)
) ENGINE=InnoDB AUTO_INCREMENT=4 DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `iam_oidc_id`
--

LOCK TABLES `iam_oidc_id` WRITE;
/*!40000 ALTER TABLE `iam_oidc_id` DISABLE KEYS */;
INSERT INTO `iam_oidc_id` VALUES
(1,'https://accounts.google.com','105440632287425289613',2),
(2,'https://login.example.org','bob-sub',3),
(3,'https://accounts.google.com','105440632287425289613',3);
/*!40000 ALTER TABLE `iam_oidc_id` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `iam_saml_id`
--

DROP TABLE IF EXISTS `iam_saml_id`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `iam_saml_id` (
  `ID` bigint(20) NOT NULL AUTO_INCREMENT,
  `IDPID` varchar(256) NOT NULL,
  `USERID` varchar(256) NOT NULL,
  `account_id` bigint(20) DEFAULT NULL,
  `attribute_id` varchar(256) NOT NULL,
  PRIMARY KEY (`ID`)
) ENGINE=InnoDB AUTO_INCREMENT=2 DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `iam_saml_id`
--

LOCK TABLES `iam_saml_id` WRITE;
/*!40000 ALTER TABLE `iam_saml_id` DISABLE KEYS */;
INSERT INTO `iam_saml_id` VALUES
(1,'https://idp.example.org/shibboleth','78901@idp.example.org',2,'urn:oid:1.3.6.1.4.1.5923.1.1.1.13');
/*!40000 ALTER TABLE `iam_saml_id` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `iam_scope_policy`
--

DROP TABLE IF EXISTS `iam_scope_policy`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `iam_scope_policy` (
  `ID` bigint(20) NOT NULL AUTO_INCREMENT,
  `creation_time` datetime NOT NULL,
  `description` varchar(512) DEFAULT NULL,
  `last_update_time` datetime NOT NULL,
  `rule` varchar(6) NOT NULL,
  `account_id` bigint(20) DEFAULT NULL,
  `group_id` bigint(20) DEFAULT NULL,
  `matching_policy` varchar(6) NOT NULL DEFAULT 'EQ',
  PRIMARY KEY (`ID`)
) ENGINE=InnoDB AUTO_INCREMENT=9 DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `iam_scope_policy`
--

LOCK TABLES `iam_scope_policy` WRITE;
/*!40000 ALTER TABLE `iam_scope_policy` DISABLE KEYS */;
INSERT INTO `iam_scope_policy` VALUES
(1,'2024-03-01 11:57:12','Default Permit ALL policy','2024-03-01 11:57:12','PERMIT',NULL,NULL,'EQ'),
(2,'2024-03-01 11:57:12','nobody has storage','2024-03-01 11:57:12','DENY',NULL,NULL,'PATH'),
(3,'2024-03-01 11:57:12','members read','2024-03-01 11:57:12','PERMIT',NULL,1,'PATH'),
(4,'2024-03-01 11:57:12','cta writes','2024-03-01 11:57:12','PERMIT',NULL,2,'PATH'),
(5,'2024-03-01 11:57:12','bob not','2024-03-01 11:57:12','DENY',3,NULL,'PATH'),
(6,'2024-03-01 11:57:12','pattern','2024-03-01 11:57:12','PERMIT',NULL,3,'REGEXP'),
(7,'2024-03-01 11:57:12','no writing of accounts','2024-03-01 11:57:12','DENY',NULL,NULL,'EQ'),
(8,'2024-03-01 11:57:12','alice stages','2024-03-01 11:57:12','PERMIT',2,NULL,'EQ');
/*!40000 ALTER TABLE `iam_scope_policy` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `iam_scope_policy_scope`
--

DROP TABLE IF EXISTS `iam_scope_policy_scope`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `iam_scope_policy_scope` (
  `policy_id` bigint(20) DEFAULT NULL,
  `scope` varchar(256) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `iam_scope_policy_scope`
--

LOCK TABLES `iam_scope_policy_scope` WRITE;
/*!40000 ALTER TABLE `iam_scope_policy_scope` DISABLE KEYS */;
INSERT INTO `iam_scope_policy_scope` VALUES
(2,'storage.read:/'),
(2,'storage.modify:/'),
(3,'storage.read:/'),
(4,'storage.modify:/cta'),
(4,'storage.create:/cta'),
(5,'storage.read:/cta/secret'),
(6,'storage.read:/cta/p17/.*'),
(7,'scim:write'),
(8,'storage.stage:/cta/p17');
/*!40000 ALTER TABLE `iam_scope_policy_scope` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `iam_ssh_key`
--

DROP TABLE IF EXISTS `iam_ssh_key`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `iam_ssh_key` (
  `ID` bigint(20) NOT NULL AUTO_INCREMENT,
  `fingerprint` varchar(48) NOT NULL,
  `LABEL` varchar(36) NOT NULL,
  `is_primary` tinyint(1) DEFAULT 0,
  `val` longtext DEFAULT NULL,
  `ACCOUNT_ID` bigint(20) DEFAULT NULL,
  `creation_time` datetime NOT NULL,
  `last_update_time` datetime NOT NULL,
  PRIMARY KEY (`ID`)
) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `iam_ssh_key`
--

LOCK TABLES `iam_ssh_key` WRITE;
/*!40000 ALTER TABLE `iam_ssh_key` DISABLE KEYS */;
INSERT INTO `iam_ssh_key` VALUES
(1,'5W2zLDXEHPxusPzTeXhwCB5TkxEesZbPn8DO454dow4','laptop',1,'AAAAC3NzaC1lZDI1NTE5AAAAIGef6r3vWD49e5HpteyP6fy3/Z+oIG2f8y7ULwdkxgmn',2,'2024-03-01 11:57:22','2024-03-01 11:57:22'),
(2,'GeWxJ0yq8UKtaZfjsax9SIWBIm6sQTL3UT9isHMRSls','robot',1,'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBNoPbsy7fINdTlSiCUcgBSBi+j/4inu2o6XwEYwhk3i+I1Ck7BQ4ur7GQyGMRkxTiQjJcOk2cpxova47FsuXKyw=',4,'2024-03-01 11:57:22','2024-03-01 11:57:22'),
(3,'aXlzZTi3Yp4ewiKIJ/OKBho/K1YTNk58aMaMXfEj+vo','old',0,'AAAAB3NzaC1yc2EAAAADAQABAAAAgQDIX80dMmFb7vLSBUZXTSXgzJAuYKjDIzJ+YVYej8ObDyl1aGhh7tW1xkpPIGBZCv7zpkkE+Als6t2Q4ooPZRpcHvKZAyNcIQJTdXbSs0OS4EZ3D6e31aRvB++yjl/PuBRnROFTdePbE9GR9kbi2S//3mOc8ppzEH7UAP04/bwpkw==',3,'2024-03-01 11:57:22','2024-03-01 11:57:22'),
(4,'5W2zLDXEHPxusPzTeXhwCB5TkxEesZbPn8DO454dow4','borrowed',0,'AAAAC3NzaC1lZDI1NTE5AAAAIGef6r3vWD49e5HpteyP6fy3/Z+oIG2f8y7ULwdkxgmn',3,'2024-03-01 11:57:22','2024-03-01 11:57:22');
/*!40000 ALTER TABLE `iam_ssh_key` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `iam_totp_mfa`
--

DROP TABLE IF EXISTS `iam_totp_mfa`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `iam_totp_mfa` (
  `ID` bigint(20) NOT NULL AUTO_INCREMENT,
  `active` tinyint(1) NOT NULL DEFAULT 0,
  `secret` varchar(255) NOT NULL,
  `creation_time` datetime NOT NULL,
  `last_update_time` datetime NOT NULL,
  `ACCOUNT_ID` bigint(20) DEFAULT NULL,
  PRIMARY KEY (`ID`)
) ENGINE=InnoDB AUTO_INCREMENT=2 DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `iam_totp_mfa`
--

LOCK TABLES `iam_totp_mfa` WRITE;
/*!40000 ALTER TABLE `iam_totp_mfa` DISABLE KEYS */;
INSERT INTO `iam_totp_mfa` VALUES
(1,1,'not-a-secret','2024-03-01 11:57:22','2024-03-01 11:57:22',3);
/*!40000 ALTER TABLE `iam_totp_mfa` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `iam_user_info`
--

DROP TABLE IF EXISTS `iam_user_info`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `iam_user_info` (
  `ID` bigint(20) NOT NULL AUTO_INCREMENT,
  `BIRTHDATE` varchar(255) DEFAULT NULL,
  `EMAIL` varchar(128) NOT NULL,
  `EMAILVERIFIED` tinyint(1) DEFAULT 0,
  `FAMILYNAME` varchar(64) NOT NULL,
  `GENDER` varchar(255) DEFAULT NULL,
  `GIVENNAME` varchar(64) NOT NULL,
  `LOCALE` varchar(255) DEFAULT NULL,
  `MIDDLENAME` varchar(64) DEFAULT NULL,
  `NICKNAME` varchar(255) DEFAULT NULL,
  `PHONENUMBER` varchar(255) DEFAULT NULL,
  `PHONENUMBERVERIFIED` tinyint(1) DEFAULT 0,
  `PICTURE` varchar(255) DEFAULT NULL,
  `PROFILE` varchar(255) DEFAULT NULL,
  `WEBSITE` varchar(255) DEFAULT NULL,
  `ZONEINFO` varchar(255) DEFAULT NULL,
  `ADDRESS_ID` bigint(20) DEFAULT NULL,
  `DTYPE` varchar(31) DEFAULT NULL,
  `affiliation` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`ID`)
) ENGINE=InnoDB AUTO_INCREMENT=6 DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `iam_user_info`
--

LOCK TABLES `iam_user_info` WRITE;
/*!40000 ALTER TABLE `iam_user_info` DISABLE KEYS */;
INSERT INTO `iam_user_info` VALUES
(1,NULL,'admin@iam.example',1,'User',NULL,'Admin',NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL),
(2,NULL,'alice@iam.example',1,'O\'Hara; \\ Doe',NULL,'Alice',NULL,'M.',NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,'INAF \"Bologna\"'),
(3,NULL,'bob@iam.example',0,'Müller',NULL,'Bob',NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL),
(4,NULL,'robot@iam.example',1,'Robot',NULL,'Transfer',NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL),
(5,NULL,'gone@iam.example',1,'Gone',NULL,'Gina',NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
/*!40000 ALTER TABLE `iam_user_info` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `iam_x509_cert`
--

DROP TABLE IF EXISTS `iam_x509_cert`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `iam_x509_cert` (
  `ID` bigint(20) NOT NULL AUTO_INCREMENT,
  `CERTIFICATE` text DEFAULT NULL,
  `LABEL` varchar(36) NOT NULL,
  `is_primary` tinyint(1) DEFAULT 0,
  `ACCOUNT_ID` bigint(20) DEFAULT NULL,
  `creation_time` datetime NOT NULL,
  `issuer_dn` varchar(256) NOT NULL,
  `last_update_time` datetime NOT NULL,
  `subject_dn` varchar(256) NOT NULL,
  PRIMARY KEY (`ID`)
) ENGINE=InnoDB AUTO_INCREMENT=3 DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `iam_x509_cert`
--

LOCK TABLES `iam_x509_cert` WRITE;
/*!40000 ALTER TABLE `iam_x509_cert` DISABLE KEYS */;
INSERT INTO `iam_x509_cert` VALUES
(1,'','cert-0',1,2,'2024-03-01 11:57:22','CN=Test CA,O=IGI,C=IT','2024-03-01 11:57:22','CN=alice,O=IGI,C=IT'),
(2,'-----BEGIN CERTIFICATE-----\nMIIBvjCCAWWgAwIBAgIUN29S0THbmZmMthiRvIx1k1R5+1YwCgYIKoZIzj0EAwIw\nNTETMBEGCgmSJomT8ixkARkWA29yZzEQMA4GA1UECgwHRXhhbXBsZTEMMAoGA1UE\nAwwDQm9iMB4XDTI2MTEyMzA2NTYzNVoXDTM2MTEyMDA2NTYzNVowNTETMBEGCgmS\nJomT8ixkARkWA29yZzEQMA4GA1UECgwHRXhhbXBsZTEMMAoGA1UEAwwDQm9iMFkw\nEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEfDkvIzs6Zo74xFK1Aqg90MBbWr9GOocb\nE2o0okSKIKXv7e9orVxFbHUR+iL1SL0tQukiLE2sXzOAAkKSKQNPhKNTMFEwHQYD\nVR0OBBYEFPK53Iyhl1L2ccC3yYYHmLOPmHv3MB8GA1UdIwQYMBaAFPK53Iyhl1L2\nccC3yYYHmLOPmHv3MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIg\nG4pFZqWT0w9XrsgMO2iMpFZjx3U7cGEspRlv00CX5uMCIGr31NhXdfPiYjO8wZZR\n3FmSA/awE9VG3miBw1zIepds\n-----END CERTIFICATE-----\n','grid',1,3,'2024-03-01 11:57:22','CN=Bob,O=Example,DC=org','2024-03-01 11:57:22','CN=Bob,O=Example,DC=org');
/*!40000 ALTER TABLE `iam_x509_cert` ENABLE KEYS */;
UNLOCK TABLES;
/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;

/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;
/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;
/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;

-- Dump completed on 2026-11-23  6:59:49
